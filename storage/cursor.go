package storage

import (
	"encoding/base64"
	"encoding/json"
	"slices"

	"yingdi/domain"
)

// maxCursor bounds what is decoded: more than any cursor made here can take.
const maxCursor = 32 << 10

// makeCursor writes down the index and where in it the last record stood.
func makeCursor(last Record, p Plan) domain.Cursor {
	place := []any{p.Index.Name}
	for _, key := range p.Index.Keys()[len(p.Equal):] {
		switch key {
		case "id":
			place = append(place, last.ID)
		case "outbox":
			place = append(place, last.Outbox)
		default:
			place = append(place, last.Fields[key])
		}
	}
	raw, err := json.Marshal(place)
	if err != nil {
		panic("storage: cursor: " + err.Error())
	}
	return domain.Cursor(base64.RawURLEncoding.EncodeToString(raw))
}

// parseCursor reads the place in the index back and refuses one that this query could not have given.
func parseCursor(c domain.Cursor, s Schema, p Plan) ([]any, error) {
	if c == "" {
		return nil, nil
	}
	refused := domain.Invalid("after", "翻页位置无效，请从头开始")
	if len(c) > maxCursor {
		return nil, refused
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(string(c))
	if err != nil {
		return nil, refused
	}
	var place []json.RawMessage
	var index string
	keys := p.Index.Keys()[len(p.Equal):]
	if json.Unmarshal(raw, &place) != nil || len(place) != len(keys)+1 ||
		json.Unmarshal(place[0], &index) != nil || index != p.Index.Name {
		return nil, refused
	}
	after := make([]any, len(keys))
	for i, key := range keys {
		var ok bool
		if after[i], ok = parseValue(place[i+1], s.typeOf(key)); !ok || after[i] == nil && key == "id" {
			return nil, refused
		}
	}
	if len(after) > 0 && !p.admits(after[0]) {
		return nil, refused
	}
	return after, nil
}

func parseValue(raw json.RawMessage, t Type) (any, bool) {
	if string(raw) == "null" {
		return nil, true
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text, t.holds(text)
	}
	var number int64
	if json.Unmarshal(raw, &number) == nil {
		return number, t.holds(number)
	}
	return nil, false
}

// admits reports whether the set or range of the plan lets this value of its field through.
func (p Plan) admits(v any) bool {
	switch {
	case p.In != nil:
		return slices.ContainsFunc(p.In, func(in any) bool { return compare(in, v) == 0 })
	case p.From == nil && p.Before == nil:
		return true
	case v == nil:
		return false
	}
	return (p.From == nil || compare(v, p.From) >= 0) && (p.Before == nil || compare(v, p.Before) < 0)
}
