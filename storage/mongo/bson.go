package mongo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"yingdi/domain"
	"yingdi/storage"
)

// maxBSON is MongoDB's limit for one document.
const maxBSON = 16 << 20

// Keys that MongoDB would read as paths or operators are escaped as in a URL; the empty key is a lone %.
var (
	escapeKey   = strings.NewReplacer("%", "%25", ".", "%2E", "$", "%24", "\x00", "%00")
	unescapeKey = strings.NewReplacer("%25", "%", "%2E", ".", "%24", "$", "%00", "\x00")
)

func escape(key string) string {
	if key == "" {
		return "%"
	}
	return escapeKey.Replace(key)
}

func unescape(key string) string {
	if key == "%" {
		return ""
	}
	return unescapeKey.Replace(key)
}

// stored makes the document as it lies in the database.
func stored(r storage.Record, s storage.Schema) (bson.Raw, error) {
	at, dst := bsoncore.AppendDocumentStart(make([]byte, 0, 2*len(r.Body)+512))
	dst = bsoncore.AppendStringElement(dst, "_id", r.ID)
	dst = bsoncore.AppendInt64Element(dst, "rev", r.Rev)
	dst = bsoncore.AppendInt64Element(dst, "outbox", r.Outbox)
	dst = bsoncore.AppendDocumentElement(dst, "ix", indexed(r, s))
	dst = bsoncore.AppendDocumentElement(dst, "uq", unique(r, s))
	dst, err := appendJSON(dst, "doc", r.Body)
	if err != nil {
		return nil, err
	}
	dst, err = bsoncore.AppendDocumentEnd(dst, at)
	if err == nil && len(dst) > maxBSON {
		err = fmt.Errorf("%d bytes of BSON: %w", len(dst), domain.ErrTooLarge)
	}
	return bson.Raw(dst), err
}

// indexed holds every indexed field, null where there is no value.
func indexed(r storage.Record, s storage.Schema) []byte {
	at, dst := bsoncore.AppendDocumentStart(nil)
	for _, f := range s.Fields {
		switch v := r.Fields[f.Name].(type) {
		case string:
			dst = bsoncore.AppendStringElement(dst, f.Name, v)
		case int64:
			dst = bsoncore.AppendInt64Element(dst, f.Name, v)
		default:
			dst = bsoncore.AppendNullElement(dst, f.Name)
		}
	}
	dst, _ = bsoncore.AppendDocumentEnd(dst, at)
	return dst
}

// unique holds one text for each unique index: its values, or the document's own id if any of them is missing. To
// a unique index of MongoDB two nulls are the same value, and partial indexes are not to be had everywhere.
func unique(r storage.Record, s storage.Schema) []byte {
	at, dst := bsoncore.AppendDocumentStart(nil)
	for _, index := range s.Indexes {
		if !index.Unique {
			continue
		}
		values, whole := make([]any, len(index.Fields)), true
		for i, f := range index.Fields {
			values[i] = r.Fields[f]
			whole = whole && values[i] != nil
		}
		text := r.ID
		if raw, err := json.Marshal(values); whole && err == nil {
			text = string(raw) // begins with [, as no id does
		} else {
			text = "id " + text
		}
		dst = bsoncore.AppendStringElement(dst, index.Name, text)
	}
	dst, _ = bsoncore.AppendDocumentEnd(dst, at)
	return dst
}

var errJSON = errors.New("a stored document is no JSON object")

func appendJSON(dst []byte, key string, body []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	first, err := dec.Token()
	if err != nil || first != json.Delim('{') {
		return nil, errJSON
	}
	return appendToken(dst, key, first, dec)
}

// appendToken writes the value that begins with the token.
func appendToken(dst []byte, key string, token json.Token, dec *json.Decoder) ([]byte, error) {
	switch v := token.(type) {
	case nil:
		return bsoncore.AppendNullElement(dst, key), nil
	case bool:
		return bsoncore.AppendBooleanElement(dst, key, v), nil
	case string:
		return bsoncore.AppendStringElement(dst, key, v), nil
	case json.Number:
		return appendNumber(dst, key, string(v))
	}
	isArray := token == json.Delim('[')
	var at int32
	if isArray {
		at, dst = bsoncore.AppendArrayElementStart(dst, key)
	} else {
		at, dst = bsoncore.AppendDocumentElementStart(dst, key)
	}
	for i := 0; ; i++ {
		next, err := dec.Token()
		if err != nil {
			return nil, err
		}
		if next == json.Delim(']') || next == json.Delim('}') {
			return bsoncore.AppendDocumentEnd(dst, at)
		}
		inner := strconv.Itoa(i)
		if !isArray {
			inner = escape(next.(string))
			if next, err = dec.Token(); err != nil {
				return nil, err
			}
		}
		if dst, err = appendToken(dst, inner, next, dec); err != nil {
			return nil, err
		}
	}
}

// appendNumber keeps whole numbers exact and refuses one that neither 64 bits nor a float can hold.
func appendNumber(dst []byte, key, literal string) ([]byte, error) {
	if i, err := strconv.ParseInt(literal, 10, 64); err == nil {
		if math.MinInt32 <= i && i <= math.MaxInt32 {
			return bsoncore.AppendInt32Element(dst, key, int32(i)), nil
		}
		return bsoncore.AppendInt64Element(dst, key, i), nil
	}
	f, err := strconv.ParseFloat(literal, 64)
	if err == nil && !strings.ContainsAny(literal, ".eE") {
		if back, _ := json.Marshal(f); string(back) != literal {
			err = strconv.ErrRange
		}
	}
	if err != nil {
		return nil, fmt.Errorf("a number that 64 bits cannot hold: %w", domain.ErrInvalid)
	}
	return bsoncore.AppendDoubleElement(dst, key, f), nil
}

// toJSON writes a value back as JSON.
func toJSON(dst []byte, v bsoncore.Value) ([]byte, error) {
	switch v.Type {
	case bsoncore.TypeNull:
		return append(dst, "null"...), nil
	case bsoncore.TypeBoolean:
		return strconv.AppendBool(dst, v.Boolean()), nil
	case bsoncore.TypeInt32:
		return strconv.AppendInt(dst, int64(v.Int32()), 10), nil
	case bsoncore.TypeInt64:
		return strconv.AppendInt(dst, v.Int64(), 10), nil
	case bsoncore.TypeDouble:
		return appendMarshalled(dst, v.Double())
	case bsoncore.TypeString:
		return appendMarshalled(dst, v.StringValue())
	case bsoncore.TypeEmbeddedDocument:
		return toJSONList(dst, v.Document(), '{', '}')
	case bsoncore.TypeArray:
		return toJSONList(dst, bsoncore.Document(v.Array()), '[', ']')
	}
	return nil, fmt.Errorf("a stored document holds a value of the type %s, which this program does not write", v.Type)
}

func toJSONList(dst []byte, doc bsoncore.Document, open, end byte) ([]byte, error) {
	elements, err := doc.Elements()
	if err != nil {
		return nil, err
	}
	dst = append(dst, open)
	for i, element := range elements {
		if i > 0 {
			dst = append(dst, ',')
		}
		if open == '{' {
			if dst, err = appendMarshalled(dst, unescape(element.Key())); err != nil {
				return nil, err
			}
			dst = append(dst, ':')
		}
		if dst, err = toJSON(dst, element.Value()); err != nil {
			return nil, err
		}
	}
	return append(dst, end), nil
}

func appendMarshalled(dst []byte, v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	return append(dst, raw...), err
}

// loaded reads a record back from the document in the database, with the named indexed fields.
func loaded(raw bson.Raw, fields []string) (storage.Record, error) {
	doc := bsoncore.Document(raw)
	r := storage.Record{Fields: make(map[string]any, len(fields))}
	id, isText := doc.Lookup("_id").StringValueOK()
	rev, isRev := doc.Lookup("rev").AsInt64OK()
	r.ID, r.Rev = id, rev
	r.Outbox, _ = doc.Lookup("outbox").AsInt64OK()
	body := doc.Lookup("doc")
	bare := isText && !isRev && body.Type == 0 // what an index holds
	if !bare && (!isText || !isRev || body.Type != bsoncore.TypeEmbeddedDocument) {
		return r, errors.New("a stored document is not of this program's making")
	}
	for _, f := range fields {
		v := doc.Lookup("ix", f)
		if text, ok := v.StringValueOK(); ok {
			r.Fields[f] = text
		} else if number, ok := v.AsInt64OK(); ok {
			r.Fields[f] = number
		}
	}
	if bare {
		return r, nil
	}
	var err error
	r.Body, err = toJSON(make([]byte, 0, len(body.Data)), body)
	return r, err
}
