-- Late-binding views: the definition is kept as text and bound again by name after every change of the schema, so that
-- nothing depends on the tables. r_CREATE_VIEW, WITH NO SCHEMA BINDING.
CREATE TABLE redshift.late_view (
  schema_name text, view_name text, query text NOT NULL, remark text, grants text, place serial,
  is_bound boolean NOT NULL DEFAULT false,
  PRIMARY KEY (schema_name, view_name));

CREATE FUNCTION redshift.is_busy() RETURNS boolean LANGUAGE sql STABLE
RETURN coalesce(current_setting('redshift.busy', true), '') = 'yes';

-- Where a view cannot be bound stands one that fails when read, as Redshift does then.
CREATE FUNCTION redshift.unbound(reason text) RETURNS integer LANGUAGE plpgsql VOLATILE AS
$$ BEGIN RAISE EXCEPTION 'late-binding view: %', reason USING ERRCODE = 'undefined_table'; END $$;

CREATE PROCEDURE redshift.drop_late_views() LANGUAGE plpgsql AS $$
DECLARE names text;
BEGIN
  UPDATE redshift.late_view AS v SET remark = obj_description(c.oid, 'pg_class'), grants = (
      SELECT string_agg(format('GRANT %s ON %s TO %s', privilege_type, c.oid::regclass,
        CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE grantee::regrole::text END), '; ')
      FROM aclexplode(c.relacl) WHERE grantee <> c.relowner)
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = v.schema_name AND c.relname = v.view_name;
  SELECT string_agg(format('%I.%I', schema_name, view_name), ', ') INTO names FROM redshift.late_view
    WHERE to_regclass(format('%I.%I', schema_name, view_name)) IS NOT NULL;
  IF names IS NOT NULL THEN EXECUTE 'DROP VIEW ' || names; END IF;
END $$;

CREATE PROCEDURE redshift.create_view(view redshift.late_view, query text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE VIEW %I.%I AS %s', view.schema_name, view.view_name, query);
  IF view.remark IS NOT NULL THEN
    EXECUTE format('COMMENT ON VIEW %I.%I IS %L', view.schema_name, view.view_name, view.remark);
  END IF;
  IF view.grants IS NOT NULL THEN EXECUTE view.grants; END IF;
END $$;

CREATE PROCEDURE redshift.hold(view redshift.late_view, reason text) LANGUAGE plpgsql AS $$
BEGIN
  IF to_regnamespace(quote_ident(view.schema_name)) IS NOT NULL THEN
    CALL redshift.create_view(view, format('SELECT redshift.unbound(%L)', reason));
  END IF;
END $$;

CREATE PROCEDURE redshift.unbind() LANGUAGE plpgsql AS $$
DECLARE view redshift.late_view;
BEGIN
  CALL redshift.drop_late_views();
  FOR view IN SELECT * FROM redshift.late_view LOOP CALL redshift.hold(view, 'not bound'); END LOOP;
END $$;

-- A view may read another one: go on as long as a round binds one more.
CREATE PROCEDURE redshift.bind() LANGUAGE plpgsql AS $$
DECLARE
  view redshift.late_view;
  waiting redshift.late_view[];
  left_over redshift.late_view[];
  reasons text[];
BEGIN
  CALL redshift.drop_late_views();
  UPDATE redshift.late_view SET is_bound = true;
  SELECT array_agg(v ORDER BY place) INTO waiting FROM redshift.late_view AS v;
  LOOP
    left_over := '{}';
    reasons := '{}';
    FOREACH view IN ARRAY coalesce(waiting, '{}') LOOP
      BEGIN
        CALL redshift.create_view(view, view.query);
      EXCEPTION WHEN syntax_error_or_access_rule_violation OR invalid_schema_name THEN
        left_over := left_over || view;
        reasons := reasons || SQLERRM;
      END;
    END LOOP;
    EXIT WHEN cardinality(left_over) IN (0, cardinality(waiting));
    waiting := left_over;
  END LOOP;
  FOR i IN 1 .. cardinality(left_over) LOOP
    view := left_over[i];
    CALL redshift.hold(view, reasons[i]);
    UPDATE redshift.late_view AS v SET is_bound = false
      WHERE v.schema_name = view.schema_name AND v.view_name = view.view_name;
  END LOOP;
END $$;

CREATE PROCEDURE redshift.create_late_view(schema_name text, view_name text, query text, is_replacing boolean)
LANGUAGE plpgsql AS $$
DECLARE known boolean := EXISTS (SELECT FROM redshift.late_view AS v
  WHERE v.schema_name = $1 AND v.view_name = $2);
BEGIN
  IF to_regnamespace(quote_ident($1)) IS NULL THEN
    RAISE EXCEPTION 'schema "%" does not exist', $1 USING ERRCODE = 'invalid_schema_name';
  END IF;
  IF to_regclass(format('%I.%I', $1, $2)) IS NOT NULL AND NOT (known AND is_replacing) THEN
    RAISE EXCEPTION 'relation "%" already exists', $2 USING ERRCODE = 'duplicate_table';
  END IF;
  PERFORM set_config('redshift.busy', 'yes', true);
  CALL redshift.drop_late_views();
  INSERT INTO redshift.late_view VALUES ($1, $2, $3)
    ON CONFLICT ON CONSTRAINT late_view_pkey DO UPDATE SET query = excluded.query;
  CALL redshift.bind();
  PERFORM set_config('redshift.busy', '', true);
END $$;

CREATE FUNCTION redshift.before_change() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE
  dropped text := substring(current_query() FROM '^DROP TABLE (?:IF EXISTS )?("[^".]+")$');
BEGIN
  IF redshift.is_busy() THEN RETURN; END IF;
  -- No view reads a temporary table.
  IF dropped IS NOT NULL AND NOT EXISTS (
    SELECT FROM pg_class WHERE oid = to_regclass(dropped) AND relpersistence <> 't') THEN RETURN; END IF;
  PERFORM set_config('redshift.busy', 'yes', true);
  CALL redshift.unbind();
  UPDATE redshift.late_view SET is_bound = false;
  PERFORM set_config('redshift.busy', '', true);
END $$;

CREATE FUNCTION redshift.after_drop() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
  IF redshift.is_busy() THEN RETURN; END IF;
  DELETE FROM redshift.late_view AS v USING pg_event_trigger_dropped_objects() AS d
    WHERE d.object_type = 'view' AND v.schema_name = d.schema_name AND v.view_name = d.object_name;
END $$;

CREATE FUNCTION redshift.after_change() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
  IF redshift.is_busy() THEN RETURN; END IF;
  -- A new table changes no view that is bound, since views name the schemas of their tables.
  IF tg_tag IN ('CREATE TABLE', 'CREATE TABLE AS', 'CREATE SCHEMA', 'DROP TABLE')
    AND NOT EXISTS (SELECT FROM redshift.late_view WHERE NOT is_bound) THEN RETURN; END IF;
  PERFORM set_config('redshift.busy', 'yes', true);
  CALL redshift.bind();
  PERFORM set_config('redshift.busy', '', true);
END $$;

CREATE EVENT TRIGGER redshift_before ON ddl_command_start
  WHEN TAG IN ('DROP TABLE', 'DROP VIEW', 'DROP SCHEMA', 'ALTER TABLE') EXECUTE FUNCTION redshift.before_change();
CREATE EVENT TRIGGER redshift_drop ON sql_drop EXECUTE FUNCTION redshift.after_drop();
CREATE EVENT TRIGGER redshift_after ON ddl_command_end
  WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'CREATE VIEW', 'CREATE SCHEMA', 'DROP TABLE', 'DROP VIEW',
    'DROP SCHEMA', 'ALTER TABLE', 'ALTER VIEW') EXECUTE FUNCTION redshift.after_change();
