package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"yingdi/domain"
	"yingdi/storage"
)

// post is a document of the size and the indexes of a check-in.
type post struct {
	domain.Doc
	Camp  string   `json:"camp"`
	Day   string   `json:"day"`
	Owner string   `json:"owner"`
	Text  string   `json:"text"`
	Media []string `json:"media"`
	Likes int      `json:"likes"`
}

func posts(b *testing.B) *storage.Collection[post] {
	b.Helper()
	e := open(b, filepath.Join(b.TempDir(), "bench.db"))
	b.Cleanup(func() { e.Close() })
	all, err := storage.NewCollection(b.Context(), storage.NewDB(e), "posts", storage.Keys[post]{
		"camp":  func(p *post) any { return p.Camp },
		"day":   func(p *post) any { return p.Day },
		"owner": func(p *post) any { return p.Owner },
	}, storage.Index{Name: "camp_day", Fields: []string{"camp", "day"}}, storage.Index{Name: "owner", Fields: []string{"owner"}})
	if err != nil {
		b.Fatal(err)
	}
	return all
}

func onePost(i int64) post {
	return post{Doc: domain.Doc{ID: fmt.Sprintf("camp:%08d", i)}, Camp: fmt.Sprint("camp", i%10), Day: fmt.Sprintf("2026-05-%02d", i%28+1),
		Owner: fmt.Sprint("member", i%200), Text: strings.Repeat("今天练了三遍", 20), Media: []string{"m1", "m2"}}
}

// crowd is how many write at once for each processor.
const crowd = 64

func BenchmarkInsert(b *testing.B) {
	all := posts(b)
	var n atomic.Int64
	b.SetParallelism(crowd)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := all.Insert(context.Background(), onePost(n.Add(1))); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}

func filled(b *testing.B, count int64) *storage.Collection[post] {
	b.Helper()
	all := posts(b)
	var n atomic.Int64
	done := make(chan error)
	for range crowd {
		go func() {
			for i := n.Add(1); i <= count; i = n.Add(1) {
				if err := all.Insert(context.Background(), onePost(i)); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range crowd {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	return all
}

func BenchmarkUpdate(b *testing.B) {
	const count = 5000
	all := filled(b, count)
	var n atomic.Int64
	b.SetParallelism(crowd)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := all.Update(context.Background(), onePost(n.Add(1)%count+1).ID, func(p *post) error { p.Likes++; return nil }); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}

func BenchmarkFind(b *testing.B) {
	all := filled(b, 20000)
	query := storage.By("camp_day").Equal("camp3").Descending()
	_, middle, err := all.Find(b.Context(), query, domain.Page{Limit: 100})
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			docs, _, err := all.Find(b.Context(), query, domain.Page{After: middle, Limit: 20})
			if err != nil || len(docs) != 20 {
				b.Errorf("%d: %v", len(docs), err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}

func BenchmarkGet(b *testing.B) {
	const count = 5000
	all := filled(b, count)
	var n atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := all.Get(b.Context(), onePost(n.Add(1)%count+1).ID); err != nil {
				b.Error(err)
			}
		}
	})
}
