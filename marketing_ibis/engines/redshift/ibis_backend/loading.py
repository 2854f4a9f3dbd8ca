"""Load files from S3 with COPY: https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis
import ibis.common.exceptions as com
import ibis.expr.schema as sch
import ibis.expr.types as ir
from ibis import util

from marketing_ibis.engines.redshift.ibis_backend.columns import Layout, definitions
from marketing_ibis.engines.redshift.ibis_backend.tables import Tables
from marketing_ibis.engines.redshift.spelling import identifier, literal
from marketing_ibis.engines.redshift.unload import IAM_ROLE


class Loading(Tables):
    """Methods that read files."""

    def read_csv(
        self,
        path: str | Path,
        /,
        *,
        table_name: str | None = None,
        schema: sch.IntoSchema | None = None,
        iam_role: str | None = None,
        region: str | None = None,
        header: bool = True,
        delimiter: str = ",",
        gzip: bool = False,
    ) -> ir.Table:
        """Load CSV files from S3 into a table, a temporary one unless it is named.

        Parameters
        ----------
        path
            A file, or a prefix of files, as ``s3://bucket/prefix``.
        table_name, schema
            The table that is made, and its columns in the order of the file.
        iam_role
            The ARN of the role that may read the files; the cluster's default role where none is named.
        region
            The bucket's region, if it is not the cluster's.
        header, delimiter, gzip
            How the files are written.
        """
        options = ["FORMAT AS CSV"]
        options += [f"DELIMITER AS {literal(delimiter)}"] if delimiter != "," else []
        options += ["IGNOREHEADER AS 1"] if header else []
        options += ["GZIP"] if gzip else []
        return self._copy(path, table_name, schema, iam_role, [*options, *_region(region)])

    def read_parquet(
        self,
        path: str | Path,
        /,
        *,
        table_name: str | None = None,
        schema: sch.IntoSchema | None = None,
        iam_role: str | None = None,
    ) -> ir.Table:
        """Load Parquet files from S3 into a table, a temporary one unless it is named.

        The arguments are those of ``read_csv``; the columns are matched by their order.
        """
        return self._copy(path, table_name, schema, iam_role, ["FORMAT AS PARQUET"])

    def _copy(
        self, path: Any, name: str | None, schema: sch.IntoSchema | None, role: str | None, options: list[str]
    ) -> ir.Table:
        if not isinstance(path, str) or not path.startswith("s3://"):
            raise com.IbisInputError(
                f"Redshift cannot read {path}: COPY reads from S3. Put the file there and name it as s3://BUCKET/FILE,"
                " or read it with pandas or Arrow and pass it to create_table."
            )
        if schema is None:
            raise com.IbisInputError("COPY fills a table: name its columns and their types with `schema`.")
        if role is not None and not IAM_ROLE.fullmatch(role):
            raise com.IbisInputError("The IAM role is not an ARN. Write arn:aws:iam::123456789012:role/NAME.")
        columns = ibis.schema(schema)
        self._check_capitals(columns)
        table, is_temporary = name or util.gen_name("copied"), name is None
        granted = literal(role) if role else "DEFAULT"
        with self._session.transaction():
            kind = "TEMP TABLE" if is_temporary else "TABLE"
            self.raw_sql(f"CREATE {kind} {identifier(table)} ({definitions(columns, Layout())})")
            self.raw_sql(f"COPY {identifier(table)} FROM {literal(path)} IAM_ROLE {granted} {' '.join(options)}")
        if is_temporary:
            self._temporary.add(table)
        return self.table(table)


def _region(region: str | None) -> list[str]:
    return [f"REGION AS {literal(region)}"] if region else []
