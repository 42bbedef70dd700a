package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"yingdi/domain"
	"yingdi/storage"
)

// table is a collection: its schema and the statements that do not change.
type table struct {
	storage.Schema
	insert, read, remove, many string
}

func newTable(s storage.Schema) *table {
	t := &table{Schema: s}
	columns, marks := "id, rev, body, outbox", "?, ?, ?, ?"
	stored := "rev, body, outbox"
	for _, f := range s.Fields {
		columns += ", " + column(f.Name)
		marks += ", ?"
		stored += ", " + column(f.Name)
	}
	t.insert = fmt.Sprintf("INSERT INTO %q (%s) VALUES (%s)", s.Name, columns, marks)
	t.read = fmt.Sprintf("SELECT %s FROM %q WHERE id = ?", stored, s.Name)
	t.remove = fmt.Sprintf("DELETE FROM %q WHERE id = ?", s.Name)
	t.many = fmt.Sprintf("SELECT id, rev, body, outbox FROM %q WHERE id IN (SELECT value FROM json_each(?))", s.Name)
	return t
}

// column is where the indexed field lives.
func column(field string) string {
	if field == "id" || field == "outbox" {
		return field
	}
	return `"ix_` + field + `"`
}

func columns(fields []string) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = column(f)
	}
	return strings.Join(names, ", ")
}

func (t *table) indexName(i storage.Index) string { return t.Name + "_by_" + i.Name }

// indexes are the statements that make them, by name. The id has its own, as the primary key.
func (t *table) indexes() map[string]string {
	made := map[string]string{}
	for _, i := range t.Indexes {
		if name := t.indexName(i); i.Unique {
			made[name] = fmt.Sprintf("CREATE UNIQUE INDEX %q ON %q (%s)", name, t.Name, columns(i.Fields))
		} else {
			made[name] = fmt.Sprintf("CREATE INDEX %q ON %q (%s)", name, t.Name, columns(i.Keys()))
		}
	}
	name := t.indexName(storage.OutboxIndex)
	made[name] = fmt.Sprintf("CREATE INDEX %q ON %q (outbox, id) WHERE outbox > 0", name, t.Name)
	return made
}

// Ensure implements storage.Engine. Everything happens in one transaction, so that an upgrade is whole or not at all.
func (e *Engine) Ensure(ctx context.Context, s storage.Schema, reindex func(storage.Record) (map[string]any, error)) error {
	t := newTable(s)
	err := e.writer.do(ctx, func(w *writer) error { return t.ensure(w, reindex) })
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tables[s.Name] = t
	return nil
}

func (t *table) ensure(w *writer, reindex func(storage.Record) (map[string]any, error)) error {
	if err := w.exec(t.create()); err != nil {
		return err
	}
	if err := t.dropIndexes(w); err != nil {
		return err
	}
	if err := t.addColumns(w); err != nil {
		return err
	}
	known, err := t.knownFields(w)
	if err != nil {
		return err
	}
	names := []string{}
	for _, f := range t.Fields {
		names = append(names, f.Name)
	}
	if slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(known, n) }) {
		if err := t.fill(w, reindex); err != nil {
			return err
		}
	}
	for name, statement := range t.indexes() {
		err := w.exec(strings.Replace(statement, "INDEX", "INDEX IF NOT EXISTS", 1))
		if isTaken(err) {
			return refused{fmt.Errorf("index %s: stored documents hold the same values: %w", name, domain.ErrExists)}
		}
		if err != nil {
			return err
		}
	}
	if slices.Equal(known, names) {
		return nil // nothing to wait for the disk for
	}
	list, err := json.Marshal(names)
	if err != nil {
		return err
	}
	return w.exec("INSERT INTO _schemas (name, fields) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET fields = excluded.fields", t.Name, string(list))
}

// create makes the table with all its columns: adding one to a table that is there costs a reading of the whole schema.
func (t *table) create() string {
	defs := []string{"id TEXT PRIMARY KEY NOT NULL", "rev INTEGER NOT NULL", "body TEXT NOT NULL", "outbox INTEGER NOT NULL"}
	for _, f := range t.Fields {
		defs = append(defs, column(f.Name))
	}
	return fmt.Sprintf("CREATE TABLE IF NOT EXISTS %q (%s)", t.Name, strings.Join(defs, ", "))
}

// dropIndexes removes those that are no longer declared, or no longer so.
func (t *table) dropIndexes(w *writer) error {
	var list string
	if _, err := w.row("SELECT json_group_object(name, sql) FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", []any{t.Name}, &list); err != nil {
		return err
	}
	var there map[string]string
	if err := json.Unmarshal([]byte(list), &there); err != nil {
		return err
	}
	wanted := t.indexes()
	for name, statement := range there {
		if wanted[name] != statement {
			if err := w.exec(fmt.Sprintf("DROP INDEX %q", name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *table) addColumns(w *writer) error {
	var list string
	if _, err := w.row("SELECT json_group_array(name) FROM pragma_table_info(?)", []any{t.Name}, &list); err != nil {
		return err
	}
	var there []string
	if err := json.Unmarshal([]byte(list), &there); err != nil {
		return err
	}
	for _, f := range t.Fields {
		if !slices.Contains(there, "ix_"+f.Name) {
			if err := w.exec(fmt.Sprintf("ALTER TABLE %q ADD COLUMN %s", t.Name, column(f.Name))); err != nil {
				return err
			}
		}
	}
	return nil
}

// knownFields are those that every stored row was written with.
func (t *table) knownFields(w *writer) (known []string, err error) {
	list := "[]"
	if _, err := w.row("SELECT fields FROM _schemas WHERE name = ?", []any{t.Name}, &list); err != nil {
		return nil, err
	}
	return known, json.Unmarshal([]byte(list), &known)
}

// fill computes the indexed columns of every row anew.
func (t *table) fill(w *writer, reindex func(storage.Record) (map[string]any, error)) error {
	sets := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		sets[i] = column(f.Name) + " = ?"
	}
	update := fmt.Sprintf("UPDATE %q SET %s WHERE id = ?", t.Name, strings.Join(sets, ", "))
	next := fmt.Sprintf("SELECT id, rev, body, outbox FROM %q WHERE id > ? ORDER BY id LIMIT 1", t.Name)
	for r := (storage.Record{}); ; {
		found, err := w.row(next, []any{r.ID}, &r.ID, &r.Rev, &r.Body, &r.Outbox)
		if err != nil || !found {
			return err
		}
		fields, err := reindex(r)
		if err != nil {
			return refused{fmt.Errorf("bringing %s up to its indexes: %w", t.Name, err)}
		}
		args := make([]any, 0, len(t.Fields)+1)
		for _, f := range t.Fields {
			args = append(args, fields[f.Name])
		}
		if err := w.exec(update, append(args, r.ID)...); err != nil {
			return err
		}
	}
}
