// Package wiretest runs the conformance suite on the mongo engine over the real wire protocol, against an embedded
// FerretDB. It is a module of its own, so that the server's dependencies stay out of the product.
package wiretest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"os"
	"testing"

	"github.com/FerretDB/FerretDB/ferretdb"
	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"yingdi/domain"
	"yingdi/storage"
	"yingdi/storage/mongo"
	"yingdi/storage/storagetest"
)

var uri string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "wiretest")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:    slog.New(slog.DiscardHandler),
		Handler:   "sqlite",
		SQLiteURL: "file:" + dir + "/",
	})
	if err != nil {
		panic(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); server.Run(ctx) }()
	uri = server.MongoDBURI() + "?maxPoolSize=1"
	code := m.Run()
	stop()
	<-ended
	return code
}

func open(t testing.TB) storage.Engine {
	t.Helper()
	name := sha256.Sum256([]byte(t.Name()))
	e, err := mongo.Open(t.Context(), uri, "t"+hex.EncodeToString(name[:8]))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestConformance(t *testing.T) {
	storagetest.Run(t, open, storagetest.OneConnection(), storagetest.NoNestedLists(), storagetest.VagueDuplicates())
}

type note struct {
	domain.Doc
	Text string `json:"text"`
	N    int    `json:"n"`
}

func notes(t *testing.T) (*storage.Collection[note], *driver.Collection) {
	t.Helper()
	db := storage.NewDB(open(t))
	t.Cleanup(func() { db.Close() })
	notes, err := storage.NewCollection(t.Context(), db, "notes", storage.Keys[note]{"n": func(d *note) any { return d.N }},
		storage.Index{Name: "n", Fields: []string{"n"}})
	if err != nil {
		t.Fatal(err)
	}
	client, err := driver.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Disconnect(context.Background()) })
	name := sha256.Sum256([]byte(t.Name()))
	return notes, client.Database("t" + hex.EncodeToString(name[:8])).Collection("notes")
}

func TestAChangeRunsAgainOnWhatAQuickerProcessLeft(t *testing.T) {
	notes, raw := notes(t)
	if err := notes.Insert(t.Context(), note{Doc: domain.Doc{ID: "a"}, N: 1}); err != nil {
		t.Fatal(err)
	}
	runs := 0
	after, err := notes.Update(t.Context(), "a", func(d *note) error {
		if runs++; runs == 1 {
			_, err := raw.UpdateOne(t.Context(), bson.D{{Key: "_id", Value: "a"}},
				bson.D{{Key: "$set", Value: bson.D{{Key: "rev", Value: int64(2)}, {Key: "doc.text", Value: "theirs"}}}})
			if err != nil {
				t.Error(err)
			}
		}
		d.N++
		return nil
	})
	if err != nil || runs != 2 || after.Rev != 3 || after.N != 2 || after.Text != "theirs" {
		t.Errorf("after %d runs: %+v %v", runs, after, err)
	}
}

func TestADocumentIsReadableInTheDatabase(t *testing.T) {
	notes, raw := notes(t)
	if err := notes.Insert(t.Context(), note{Doc: domain.Doc{ID: "a"}, Text: "打卡", N: 5}); err != nil {
		t.Fatal(err)
	}
	var stored struct {
		Rev int64
		Ix  struct{ N int64 }
		Doc struct {
			Text string
			N    int32
		}
	}
	if err := raw.FindOne(t.Context(), bson.D{{Key: "doc.n", Value: 5}}).Decode(&stored); err != nil {
		t.Fatal(err)
	}
	if stored.Rev != 1 || stored.Ix.N != 5 || stored.Doc.Text != "打卡" || stored.Doc.N != 5 {
		t.Errorf("stored %+v", stored)
	}
}
