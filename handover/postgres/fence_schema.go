package postgres

import (
	"context"
	"fmt"
)

// refuseSchema keeps a closed side's tables as they are; the mover's own session and
// temporary tables pass, and where some tables move, so do all others.
func (s *Side) refuseSchema() string {
	drops := `bool_or(NOT is_temporary AND object_type IN ('table', 'index', 'sequence', 'view', 'schema'))`
	makes := `bool_or(schema_name !~ '^pg_temp')`
	if len(s.Only) > 0 {
		only := s.onlyArray()
		drops = `bool_or(NOT is_temporary AND object_type = 'table' AND format('%I.%I', schema_name, object_name)::text
			IN (SELECT format('%I.%I', p[1], p[2]) FROM unnest(` + only + `) o, parse_ident(o) p))`
		makes = `bool_or(classid = 'pg_class'::regclass AND (objid IN (` + membersOf(only) + `) OR objid IN (
			SELECT i.indexrelid FROM pg_index i WHERE i.indrelid IN (` + membersOf(only) + `)) OR objid IN (` +
			sequencesOf(only) + `)))`
	}
	return fmt.Sprintf(refuseSchemaText, drops, makes)
}

// refuseSchemaText is the function behind it, for what counts among what was dropped
// and among what was made or changed.
const refuseSchemaText = `CREATE OR REPLACE FUNCTION ` + Schema + `.refuse_schema() RETURNS event_trigger LANGUAGE
	plpgsql AS $$
DECLARE hit boolean;
BEGIN
	IF current_setting('rung_handover.mover', true) = 'on' THEN RETURN; END IF;
	IF tg_event = 'sql_drop' THEN
		SELECT %s
			INTO hit FROM pg_event_trigger_dropped_objects();
	ELSE
		SELECT %s INTO hit FROM pg_event_trigger_ddl_commands();
	END IF;
	IF hit THEN
		RAISE EXCEPTION 'this side of a move takes no changes of its schema' USING ERRCODE = '` + Refuses + `',
			HINT = 'the change that the other side has had: SET rung_handover.mover = ''on'', then again';
	END IF;
END $$`

// schemaTriggers are the event triggers of the fence.
var schemaTriggers = map[string]string{
	"rung_fence_ddl": `CREATE EVENT TRIGGER rung_fence_ddl ON ddl_command_end WHEN TAG IN ('CREATE TABLE',
		'CREATE TABLE AS',
		'SELECT INTO', 'ALTER TABLE', 'CREATE INDEX', 'CREATE SEQUENCE', 'ALTER SEQUENCE', 'CREATE VIEW',
		'CREATE MATERIALIZED VIEW', 'CREATE TYPE', 'ALTER TYPE', 'CREATE SCHEMA') EXECUTE FUNCTION ` + Schema +
		`.refuse_schema()`,
	"rung_fence_drop": "CREATE EVENT TRIGGER rung_fence_drop ON sql_drop EXECUTE FUNCTION " + Schema + ".refuse_schema()",
}

// raiseSchema makes the event triggers. A role that may not make them, as on managed
// servers of old versions, does without.
func (s *Side) raiseSchema(ctx context.Context, closed bool) error {
	for name, sql := range schemaTriggers {
		there, err := value[bool](ctx, s, "SELECT EXISTS (SELECT FROM pg_event_trigger WHERE evtname = $1)", name)
		if err != nil {
			return err
		}
		if there {
			continue
		}
		err = s.locking(ctx, patience, sql+"; "+turnSchema(name, closed))
		if isCode(err, "42501") {
			return nil
		}
		if err != nil {
			return fmt.Errorf("make the fence of the schema: %w", err)
		}
	}
	return nil
}

func turnSchema(name string, closed bool) string {
	if closed {
		return "ALTER EVENT TRIGGER " + name + " ENABLE"
	}
	return "ALTER EVENT TRIGGER " + name + " DISABLE"
}
