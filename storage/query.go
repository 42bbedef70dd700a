package storage

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"yingdi/domain"
)

// Query says what to find by a declared index: By("camp_day").Equal(camp).Range(from, to).Newest().
type Query struct {
	index        string
	equal        []any
	in           []any
	from, before any
	desc         bool
}

// By starts a query over the named index, in ascending order.
func By(index string) Query { return Query{index: index} }

// Equal fixes the first fields of the index to these values.
func (q Query) Equal(values ...any) Query {
	q.equal = append(slices.Clone(q.equal), values...)
	return q
}

// In restricts the next field to any of these values. An empty set matches nothing.
func (q Query) In(values ...any) Query {
	q.in = append([]any{}, values...)
	return q
}

// Range restricts the next field to from ≤ value < before; nil leaves that end open.
func (q Query) Range(from, before any) Query {
	q.from, q.before = from, before
	return q
}

// Descending turns the order round.
func (q Query) Descending() Query {
	q.desc = true
	return q
}

func (c *Collection[T]) plan(q Query) (Plan, error) {
	index, ok := OutboxIndex, q.index == OutboxIndex.Name
	if !ok {
		at := slices.IndexFunc(c.schema.Indexes, func(i Index) bool { return i.Name == q.index })
		if at < 0 {
			return Plan{}, fmt.Errorf("%s by %q: %w", c.schema.Name, q.index, errNoIndex)
		}
		index = c.schema.Indexes[at]
	}
	restricts := 0
	if q.in != nil {
		restricts++
	}
	if q.from != nil || q.before != nil {
		restricts++
	}
	if restricts > 1 || len(q.equal)+restricts > len(index.Fields) {
		return Plan{}, fmt.Errorf("%s by %s: more conditions than fields: %w", c.schema.Name, q.index, errNoIndex)
	}
	plan := Plan{Index: index, Desc: q.desc}
	convert := func(field int, v any) (any, error) {
		v = plain(v)
		if c.schema.holds(index.Fields[field], v) {
			return v, nil
		}
		return nil, fmt.Errorf("%s by %s: %T is no value for %s", c.schema.Name, q.index, v, index.Fields[field])
	}
	var err error
	for i, v := range q.equal {
		if v, err = convert(i, v); err != nil {
			return plan, err
		}
		plan.Equal = append(plan.Equal, v)
	}
	next := len(q.equal)
	if q.in != nil {
		plan.In = []any{}
		for _, v := range q.in {
			if v, err = convert(next, v); err != nil {
				return plan, err
			}
			plan.In = append(plan.In, v)
		}
	}
	if q.from != nil {
		if plan.From, err = convert(next, q.from); err != nil {
			return plan, err
		}
	}
	if q.before != nil {
		if plan.Before, err = convert(next, q.before); err != nil {
			return plan, err
		}
	}
	return plan, nil
}

// holds reports whether v is of the declared type of the field.
func (s Schema) holds(field string, v any) bool {
	kind := Int // of the outbox field
	for _, f := range s.Fields {
		if f.Name == field {
			kind = f.Type
		}
	}
	switch v.(type) {
	case string:
		return kind == String
	case int64:
		return kind == Int
	}
	return false
}

func makeCursor(last Record, p Plan) domain.Cursor {
	values := []any{}
	for _, field := range p.Index.Fields[len(p.Equal):] {
		if field == "outbox" {
			values = append(values, last.Outbox)
			continue
		}
		values = append(values, last.Fields[field])
	}
	raw, err := json.Marshal(append(values, last.ID))
	if err != nil {
		panic("storage: cursor: " + err.Error())
	}
	return domain.Cursor(base64.RawURLEncoding.EncodeToString(raw))
}

func parseCursor(c domain.Cursor, s Schema, p Plan) ([]any, error) {
	if c == "" {
		return nil, nil
	}
	refused := domain.Invalid("after", "翻页位置无效，请从头开始")
	raw, err := base64.RawURLEncoding.DecodeString(string(c))
	if err != nil || len(raw) > 1024 {
		return nil, refused
	}
	var values []json.RawMessage
	fields := p.Index.Fields[len(p.Equal):]
	if json.Unmarshal(raw, &values) != nil || len(values) != len(fields)+1 {
		return nil, refused
	}
	after := make([]any, len(values))
	for i, v := range values {
		var text string
		var number int64
		switch {
		case json.Unmarshal(v, &text) == nil && string(v) != "null":
			after[i] = text
		case json.Unmarshal(v, &number) == nil && string(v) != "null":
			after[i] = number
		default:
			return nil, refused
		}
		if i < len(fields) && !s.holds(fields[i], after[i]) {
			return nil, refused
		}
	}
	if _, ok := after[len(fields)].(string); !ok {
		return nil, refused
	}
	return after, nil
}
