package storage

import (
	"errors"
	"fmt"
	"slices"

	"yingdi/domain"
)

// Query says what to find by a declared index: By("camp_day").Equal(camp).Range(from, to).Descending().
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

// In restricts the next field to any of these values, at most MaxIn. An empty set matches nothing. The order stays
// that of the index.
func (q Query) In(values ...any) Query {
	q.in = append([]any{}, values...)
	return q
}

// amongst narrows an index that begins with an organiser to these, none of them for an empty list, or to whatever has one
// for nil.
func amongst(q Query, organisers []string) Query {
	if organisers == nil {
		return q.Range("", nil)
	}
	in := make([]any, len(organisers))
	for i, id := range organisers {
		in[i] = id
	}
	return q.In(in...)
}

// Range restricts the next field to from ≤ value < before; nil leaves that end open. Documents without a value are
// in no range.
func (q Query) Range(from, before any) Query {
	q.from, q.before = from, before
	return q
}

// Descending turns the order round; documents without a value come last.
func (q Query) Descending() Query {
	q.desc = true
	return q
}

var errNoIndex = errors.New("no declared index serves this query")

func (s Schema) index(name string) (Index, bool) {
	for _, built := range []Index{IDIndex, OutboxIndex} {
		if built.Name == name {
			return built, true
		}
	}
	at := slices.IndexFunc(s.Indexes, func(i Index) bool { return i.Name == name })
	if at < 0 {
		return Index{}, false
	}
	return s.Indexes[at], true
}

// plan checks the query against the schema.
func (s Schema) plan(q Query) (Plan, error) {
	index, ok := s.index(q.index)
	if !ok {
		return Plan{}, fmt.Errorf("%s by %q: %w", s.Name, q.index, errNoIndex)
	}
	ranged, next := q.from != nil || q.before != nil, len(q.equal)
	if q.in != nil && ranged || next > len(index.Fields) || next == len(index.Fields) && (q.in != nil || ranged) {
		return Plan{}, fmt.Errorf("%s by %s: more conditions than fields: %w", s.Name, q.index, errNoIndex)
	}
	if len(q.in) > MaxIn {
		return Plan{}, fmt.Errorf("%s by %s: In with %d values: %w", s.Name, q.index, len(q.in), domain.ErrTooLarge)
	}
	p := Plan{Index: index, Desc: q.desc}
	if q.in != nil {
		p.In = make([]any, len(q.in))
	}
	var errs []error
	set := func(to *any, field int, v any) {
		value, ok := plain(v)
		if !ok || value != nil && !s.typeOf(index.Fields[field]).holds(value) {
			errs = append(errs, fmt.Errorf("%s by %s: %T is no value for %s", s.Name, q.index, v, index.Fields[field]))
		}
		*to = value
	}
	p.Equal = make([]any, len(q.equal))
	for i, v := range q.equal {
		set(&p.Equal[i], i, v)
	}
	for i, v := range q.in {
		set(&p.In[i], next, v)
	}
	if ranged {
		set(&p.From, next, q.from)
		set(&p.Before, next, q.before)
	}
	if slices.Contains(p.Equal, nil) || slices.Contains(p.In, nil) {
		errs = append(errs, fmt.Errorf("%s by %s: a search for no value", s.Name, q.index))
	}
	if index.Name == OutboxIndex.Name && len(p.Equal) == 0 && p.In == nil && p.From == nil {
		p.From = int64(1)
	}
	slices.SortFunc(p.In, compare)
	p.In = slices.CompactFunc(p.In, func(a, b any) bool { return compare(a, b) == 0 })
	return p, errors.Join(errs...)
}
