package mongo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"yingdi/domain"
	"yingdi/storage"
	"yingdi/storage/storagetest"
)

// TestConformance needs a MongoDB, a replica set for preference; wiretest runs all but the races without one.
func TestConformance(t *testing.T) {
	uri := os.Getenv("YINGDI_TEST_MONGODB_URI")
	if uri == "" {
		t.Skip("YINGDI_TEST_MONGODB_URI names no MongoDB; the module in wiretest runs the suite without the races")
	}
	run := strings.ToLower(domain.Secret()[:8])
	storagetest.Run(t, func(t testing.TB) storage.Engine {
		name := sha256.Sum256([]byte(t.Name()))
		database := "yingdi_test_" + run + "_" + hex.EncodeToString(name[:8])
		e, err := Open(t.Context(), uri, database)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if again, err := Open(context.Background(), uri, database); err == nil {
				again.db.Drop(context.Background())
				again.Close()
			}
		})
		return e
	})
}

func TestJSONSurvivesBSONExactly(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{}`,
		`{"id":"a","n":9223372036854775807,"m":-9223372036854775808,"i":2147483648,"s":-1,"z":0}`,
		`{"f":0.1,"g":1e+300,"h":5e-324,"whole":100000000000000000000}`,
		`{"b":[true,false,null,[],{},[[1],"x"]],"":"empty","a.b":{"$set":1},"100%":"%2E","%":1,"%25":2,"nul\u0000":3}`,
		`{"t":"打卡 🎵\n\"\\ \u2028\u003c","u":"\u0000","d":{"$date":{"$numberLong":"5"}}}`,
	} {
		dst, err := appendJSON(nil, "doc", []byte(body))
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		element := bsoncore.Element(dst)
		if err := element.Validate(); err != nil {
			t.Errorf("%s: %v", body, err)
		}
		back, err := toJSON(nil, element.Value())
		if err != nil || string(back) != body {
			t.Errorf("(-want +got) %v\n%s", err, cmp.Diff(body, string(back)))
		}
	}
}

func TestANumberThatNothingHoldsIsRefused(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"n":9223372036854775809}`, `{"n":[18446744073709551615]}`, `{"n":1e999}`} {
		if _, err := appendJSON(nil, "doc", []byte(body)); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: %v", body, err)
		}
	}
	for _, body := range []string{`[]`, `"x"`, `{"a":`, ``, `null`} {
		if _, err := appendJSON(nil, "doc", []byte(body)); err == nil {
			t.Errorf("%s was accepted", body)
		}
	}
}

func TestADocumentBeyondTheLimitOfBSONIsRefused(t *testing.T) {
	t.Parallel()
	body, err := json.Marshal(map[string]any{"n": make([]int, 2<<20)}) // 4 MB of JSON
	if err != nil {
		t.Fatal(err)
	}
	_, err = stored(storage.Record{ID: "a", Rev: 1, Body: body}, storage.Schema{})
	if !errors.Is(err, domain.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestUniqueTextsCollideOnlyWhenWhole(t *testing.T) {
	t.Parallel()
	s := storage.Schema{Indexes: []storage.Index{{Name: "pair", Fields: []string{"a", "b"}, Unique: true}}}
	text := func(id string, a, b any) string {
		return bsoncore.Document(unique(storage.Record{ID: id, Fields: map[string]any{"a": a, "b": b}}, s)).Lookup("pair").StringValue()
	}
	if text("1", "x", int64(5)) != text("2", "x", int64(5)) {
		t.Error("the same values differ")
	}
	for _, other := range []string{text("2", "x", "5"), text("2", "x", nil), text(`["x",5]`, nil, nil), text("2", "x\",5]", nil)} {
		if other == text("1", "x", int64(5)) {
			t.Errorf("%s collides", other)
		}
	}
	if text("1", "x", nil) == text("2", "x", nil) {
		t.Error("documents without a value collide")
	}
}

func TestTheKeyedLockLetsOneInAtATimeAndForgetsKeys(t *testing.T) {
	t.Parallel()
	var l keyedLock
	var counts [2]int
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			key := []string{"a", "b"}[i%2]
			unlock, err := l.lock(t.Context(), key)
			if err != nil {
				t.Error(err)
				return
			}
			counts[i%2]++ // the race detector watches this
			unlock()
		})
	}
	wg.Wait()
	if counts != [2]int{100, 100} || len(l.held) != 0 {
		t.Errorf("counted %v, still held: %d", counts, len(l.held))
	}
	unlock, _ := l.lock(t.Context(), "a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.lock(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	unlock()
	if len(l.held) != 0 {
		t.Errorf("%d keys are still held", len(l.held))
	}
}

func TestNoServerIsUnavailable(t *testing.T) {
	t.Parallel()
	_, err := Open(t.Context(), "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50", "x")
	if !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	_, err = Open(t.Context(), "mongodb://someone:secret@@/", "x")
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}
