package storage

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"yingdi/domain"
)

// Key extracts the value of an indexed field: a string, an integer, a bool, or a type made of one of these, or a
// time.Time; or nil for none. The zero time is none too, so that a timer that is not set is in no Range.
type Key[T any] func(*T) any

// Keys names the indexed fields of a collection.
type Keys[T any] map[string]Key[T]

// plain reduces what a key or a query gives to what engines store: string, int64 or nil. ok is false for a type
// that cannot be indexed.
func plain(v any) (value any, ok bool) {
	switch v := v.(type) {
	case nil, string, int64:
		return v, true
	case int:
		return int64(v), true
	case time.Time:
		if v.IsZero() {
			return nil, true
		}
		return v.UnixMicro(), true
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.String:
		return r.String(), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.Int(), true
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(r.Uint()), true
	case reflect.Bool:
		if r.Bool() {
			return int64(1), true
		}
		return int64(0), true
	}
	return nil, false
}

// typeOf tells a field's type by its value in the zero document. Nothing tells it for a key that answers nil there.
func typeOf(zero any) (Type, error) {
	if _, instant := zero.(time.Time); instant {
		return Int, nil
	}
	value, ok := plain(zero)
	switch value.(type) {
	case string:
		return String, nil
	case int64:
		return Int, nil
	}
	if !ok {
		return Any, fmt.Errorf("a %T cannot be indexed", zero)
	}
	return Any, nil
}

func (t Type) holds(v any) bool {
	switch v.(type) {
	case string:
		return t != Int
	case int64:
		return t != String
	}
	return false
}

// typeOf the named field of the schema; ids are strings and the outbox is an instant.
func (s Schema) typeOf(field string) Type {
	switch field {
	case "id":
		return String
	case "outbox":
		return Int
	}
	for _, f := range s.Fields {
		if f.Name == field {
			return f.Type
		}
	}
	return Any
}

func (c *Collection[T]) fieldsOf(doc *T) (map[string]any, error) {
	fields := make(map[string]any, len(c.schema.Fields))
	for _, field := range c.schema.Fields {
		raw := c.keys[field.Name](doc)
		value, ok := plain(raw)
		text, isText := value.(string)
		switch {
		case !ok || value != nil && !field.Type.holds(value):
			return nil, fmt.Errorf("key %s: %T is no value for it", field.Name, raw)
		case isText && len(text) > MaxText:
			return nil, fmt.Errorf("key %s: %w", field.Name, domain.ErrTooLarge)
		case isText && (!utf8.ValidString(text) || strings.ContainsRune(text, 0)):
			return nil, fmt.Errorf("key %s is no text: %w", field.Name, domain.ErrInvalid)
		}
		fields[field.Name] = value
	}
	return fields, nil
}

// compare orders stored values as both engines do: nothing, then numbers, then strings by their bytes.
func compare(a, b any) int {
	rank := func(v any) int {
		switch v.(type) {
		case nil:
			return 0
		case int64:
			return 1
		}
		return 2
	}
	if ra, rb := rank(a), rank(b); ra != rb {
		return ra - rb
	}
	switch a := a.(type) {
	case int64:
		if b := b.(int64); a < b {
			return -1
		} else if a > b {
			return 1
		}
	case string:
		return strings.Compare(a, b.(string))
	}
	return 0
}
