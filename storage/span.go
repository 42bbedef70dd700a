package storage

import "slices"

// Plan is a checked query: fixed values for the first fields of an index, then at most one set or range on the next.
type Plan struct {
	Index  Index
	Equal  []any // for Index.Fields[:len(Equal)]
	In     []any // for the next field, if not nil; sorted, each once
	From   any   // for the next field, inclusive, if not nil
	Before any   // for the next field, exclusive, if not nil
	Desc   bool
	After  []any // keyset, if not nil: values of Index.Keys()[len(Equal):] of the last one seen
	Limit  int   // 0 in Count
	Bare   bool  // only ids and the index's fields are wanted: what the index itself holds
}

// Span is one unbroken stretch of an index: fixed values for its first keys (nil for those without a value), then at
// most a set or bounds on the next key. Within the stretch, records are ordered by the keys that are not fixed.
type Span struct {
	Fixed  []any
	In     []any // sorted the way of the plan
	Bounds []Bound
}

// Bound is one end of a range: Op is >, >= or <. Above nil are all who have a value; < matches only those who do.
type Bound struct {
	Op    string
	Value any
}

// Spans cuts the plan into stretches that do not overlap, in the order of the plan: one if it begins at the start,
// a few more if it begins after a record, because "after" differs at every key that could be equal. Each is served
// by the index alone, ties and missing values included.
func (p Plan) Spans() []Span {
	whole := Span{Fixed: p.Equal, In: p.In}
	if p.From != nil {
		whole.Bounds = append(whole.Bounds, Bound{">=", p.From})
	}
	if p.Before != nil {
		whole.Bounds = append(whole.Bounds, Bound{"<", p.Before})
	}
	if p.Desc && p.In != nil {
		whole.In = slices.Clone(p.In)
		slices.Reverse(whole.In)
	}
	if p.After == nil {
		return []Span{whole}
	}
	var spans []Span
	for i := len(p.After) - 1; i > 0; i-- {
		spans = append(spans, p.beyond(i, nil)...)
	}
	if len(p.After) == 0 {
		return nil
	}
	if p.In == nil {
		return append(spans, p.beyond(0, whole.Bounds)...)
	}
	at := slices.IndexFunc(whole.In, func(v any) bool { return compare(v, p.After[0]) == 0 })
	if rest := whole.In[at+1:]; len(rest) > 0 {
		spans = append(spans, Span{Fixed: p.Equal, In: rest})
	}
	return spans
}

// beyond is what follows the last record seen among those that share its first i keys after Equal.
func (p Plan) beyond(i int, within []Bound) []Span {
	fixed := slices.Concat(p.Equal, p.After[:i])
	last := p.After[i]
	switch {
	case !p.Desc:
		bounds := slices.DeleteFunc(slices.Clone(within), func(b Bound) bool { return b.Op == ">=" })
		return []Span{{Fixed: fixed, Bounds: append(bounds, Bound{">", last})}}
	case last == nil:
		return nil
	}
	bounds := slices.DeleteFunc(slices.Clone(within), func(b Bound) bool { return b.Op == "<" })
	spans := []Span{{Fixed: fixed, Bounds: append(bounds, Bound{"<", last})}}
	if isID := len(fixed) == len(p.Index.Keys())-1; !isID && len(within) == 0 {
		spans = append(spans, Span{Fixed: append(fixed, nil)}) // those without a value come last
	}
	return spans
}
