"""Ibis' own tests of backends, run for `ibis.redshift` on the stand-in and for `ibis.postgres` on the same server."""
