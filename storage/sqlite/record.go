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

func (e *Engine) table(collection string) (*table, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if t := e.tables[collection]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("no collection %q", collection)
}

// Get implements storage.Engine.
func (e *Engine) Get(ctx context.Context, collection, id string) (storage.Record, error) {
	records, err := e.GetMany(ctx, collection, []string{id})
	if err == nil && len(records) == 0 {
		err = domain.ErrNotFound
	}
	if err != nil {
		return storage.Record{}, err
	}
	return records[0], nil
}

// GetMany implements storage.Engine.
func (e *Engine) GetMany(ctx context.Context, collection string, ids []string) ([]storage.Record, error) {
	t, err := e.table(collection)
	if err != nil {
		return nil, err
	}
	if len(ids) == 1 {
		return e.records(ctx, fmt.Sprintf("SELECT id, rev, body, outbox FROM %q WHERE id = ?", t.Name), false, nil, ids[0])
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	return e.records(ctx, t.many, false, nil, string(list))
}

// Insert implements storage.Engine.
func (e *Engine) Insert(ctx context.Context, collection string, r storage.Record) error {
	t, err := e.table(collection)
	if err != nil {
		return err
	}
	args := make([]any, 0, 4+len(t.Fields))
	args = append(args, r.ID, r.Rev, string(r.Body), r.Outbox)
	for _, f := range t.Fields {
		args = append(args, r.Fields[f.Name])
	}
	return e.writer.once(ctx, func(w *writer) error {
		w.bytes += len(r.Body)
		return taken(w.exec(t.insert, args...))
	})
}

// taken makes a unique index's refusal the caller's own.
func taken(err error) error {
	if isTaken(err) {
		return refused{fmt.Errorf("%w: %w", domain.ErrExists, err)}
	}
	return err
}

// Update implements storage.Engine. change runs in the writer, so nobody else can be between its reading and writing.
func (e *Engine) Update(ctx context.Context, collection, id string, change func(storage.Record) (storage.Record, error)) error {
	t, err := e.table(collection)
	if err != nil {
		return err
	}
	return e.writer.once(ctx, func(w *writer) error {
		old := storage.Record{ID: id}
		values := make([]any, len(t.Fields))
		into := []any{&old.Rev, &old.Body, &old.Outbox}
		for i := range values {
			into = append(into, &values[i])
		}
		found, err := w.row(t.read, []any{id}, into...)
		if err != nil {
			return err
		}
		if !found {
			return refused{domain.ErrNotFound}
		}
		next, err := change(old)
		switch {
		case err != nil:
			return refused{err}
		case next.ID != id || next.Rev != old.Rev+1:
			return refused{fmt.Errorf("revision %d after %d: %w", next.Rev, old.Rev, domain.ErrConflict)}
		}
		w.bytes += len(next.Body)
		return t.replace(w, old, next, values)
	})
}

// replace leaves columns alone that do not change, and with them their indexes.
func (t *table) replace(w *writer, old, next storage.Record, values []any) error {
	set := "rev = ?, body = ?"
	args := []any{next.Rev, string(next.Body)}
	if next.Outbox != old.Outbox {
		set += ", outbox = ?"
		args = append(args, next.Outbox)
	}
	for i, f := range t.Fields {
		if value := next.Fields[f.Name]; value != values[i] {
			set += ", " + column(f.Name) + " = ?"
			args = append(args, value)
		}
	}
	return taken(w.exec(fmt.Sprintf("UPDATE %q SET %s WHERE id = ?", t.Name, set), append(args, next.ID)...))
}

// Delete implements storage.Engine.
func (e *Engine) Delete(ctx context.Context, collection, id string) error {
	t, err := e.table(collection)
	if err != nil {
		return err
	}
	return e.writer.once(ctx, func(w *writer) error { return w.exec(t.remove, id) })
}

// Find implements storage.Engine.
func (e *Engine) Find(ctx context.Context, collection string, p storage.Plan) ([]storage.Record, error) {
	t, err := e.table(collection)
	if err != nil {
		return nil, err
	}
	var found []storage.Record
	for _, s := range stretches(p) {
		where, args := t.where(p, s)
		query := "SELECT id"
		if !p.Bare { // else the index answers alone
			query += ", rev, body, outbox"
		}
		for _, field := range p.Index.Fields {
			query += ", " + column(field)
		}
		left := p.Limit - len(found)
		query += where + t.order(p, len(s.Fixed)) + limit(left)
		records, err := e.records(ctx, query, p.Bare, p.Index.Fields, args...)
		if err != nil {
			return nil, err
		}
		if found = append(found, records[:min(left, len(records))]...); len(found) >= p.Limit {
			break
		}
	}
	return found, nil
}

// limit writes the limit out, rounded up to one of a few: SQLite plans a query anew each time that a limit is bound.
func limit(n int) string {
	for _, enough := range []int{2, domain.MaxPage/5 + 1, domain.MaxPage + 1} {
		if n <= enough {
			n = enough
			break
		}
	}
	return fmt.Sprintf(" LIMIT %d", n)
}

// Count implements storage.Engine.
func (e *Engine) Count(ctx context.Context, collection string, p storage.Plan) (int64, error) {
	t, err := e.table(collection)
	if err != nil {
		return 0, err
	}
	var total int64
	for _, s := range stretches(p) {
		where, args := t.where(p, s)
		stmt, err := e.reads.get(ctx, "SELECT count(*)"+where)
		if err != nil {
			return 0, unavailable(err)
		}
		var n int64
		if err := stmt.QueryRowContext(ctx, args...).Scan(&n); err != nil {
			return 0, unavailable(err)
		}
		total += n
	}
	return total, nil
}

// stretches resolves a set into one stretch for each value, so that each is in order by the index alone.
func stretches(p storage.Plan) []storage.Span {
	var all []storage.Span
	for _, s := range p.Spans() {
		if s.In == nil {
			all = append(all, s)
		}
		for _, v := range s.In {
			all = append(all, storage.Span{Fixed: append(slices.Clone(s.Fixed), v)})
		}
	}
	return all
}

// where names the index outright: SQLite then refuses rather than scans.
func (t *table) where(p storage.Plan, s storage.Span) (string, []any) {
	keys := p.Index.Keys()
	from := fmt.Sprintf(" FROM %q INDEXED BY %q WHERE ", t.Name, t.indexName(p.Index))
	if p.Index.Name == storage.IDIndex.Name {
		from = fmt.Sprintf(" FROM %q WHERE ", t.Name)
	}
	conditions := []string{"true"}
	if p.Index.Name == storage.OutboxIndex.Name {
		conditions[0] = "outbox > 0" // what its index was made with
	}
	var args []any
	for i, v := range s.Fixed {
		if v == nil {
			conditions = append(conditions, column(keys[i])+" IS NULL")
			continue
		}
		conditions = append(conditions, column(keys[i])+" = ?")
		args = append(args, v)
	}
	for _, b := range s.Bounds {
		if b.Value == nil {
			conditions = append(conditions, column(keys[len(s.Fixed)])+" IS NOT NULL")
			continue
		}
		conditions = append(conditions, column(keys[len(s.Fixed)])+" "+b.Op+" ?")
		args = append(args, b.Value)
	}
	return from + strings.Join(conditions, " AND "), args
}

func (t *table) order(p storage.Plan, fixed int) string {
	keys := p.Index.Keys()[fixed:]
	if len(keys) == 0 {
		return ""
	}
	terms := make([]string, len(keys))
	for i, key := range keys {
		terms[i] = column(key)
		if p.Desc {
			terms[i] += " DESC"
		}
	}
	return " ORDER BY " + strings.Join(terms, ", ")
}

// records runs a query whose columns are the id, unless it is bare also rev, body and outbox, and the named fields.
func (e *Engine) records(ctx context.Context, query string, bare bool, fields []string, args ...any) ([]storage.Record, error) {
	stmt, err := e.reads.get(ctx, query)
	if err != nil {
		return nil, unavailable(err)
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	var records []storage.Record
	var r storage.Record
	into, values := []any{&r.ID}, make([]any, len(fields))
	if !bare {
		into = append(into, &r.Rev, &r.Body, &r.Outbox)
	}
	for i := range values {
		into = append(into, &values[i])
	}
	for rows.Next() {
		r = storage.Record{Fields: make(map[string]any, len(fields))}
		if err := rows.Scan(into...); err != nil {
			return nil, unavailable(err)
		}
		for i, f := range fields {
			r.Fields[f] = values[i]
		}
		records = append(records, r)
	}
	return records, unavailable(rows.Err())
}
