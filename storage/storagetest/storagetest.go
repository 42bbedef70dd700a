// Package storagetest is what every document engine must do, as tests. An engine passes it whole.
package storagetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/storage"
)

// Open opens the store that belongs to t: empty at the first call; at a later one, after the engine of the call
// before was closed, with everything that was in it.
type Open func(t testing.TB) storage.Engine

// Option says what an engine's test server cannot do.
type Option func(*suite)

// OneConnection is for a server that is not atomic over several connections: the tests run one by one, without those
// that race.
func OneConnection() Option { return func(s *suite) { s.single = true } }

// NoNestedLists is for a server that keeps no list right inside a list.
func NoNestedLists() Option { return func(s *suite) { s.flat = true } }

// VagueDuplicates is for a server that refuses a duplicate in an update or under a new index without saying that it
// is one.
func VagueDuplicates() Option { return func(s *suite) { s.vague = true } }

type suite struct {
	open                Open
	single, flat, vague bool
}

// duplicate is what a write other than an insert must come back with.
func (s *suite) duplicate() error {
	if s.vague {
		return domain.ErrUnavailable
	}
	return domain.ErrExists
}

// Run runs the whole suite.
func Run(t *testing.T, open Open, options ...Option) {
	s := &suite{open: open}
	for _, option := range options {
		option(s)
	}
	groups := []map[string]func(*suite, *testing.T){documentTests, limitTests, uniqueTests, queryTests, featureTests, veilTests, sourceTests, couponTests, channelTests, referralTests, groupbuyTests, assistTests, moneyTests, ledgerTests, upgradeTests, counterTests, outboxTests}
	if !s.single {
		groups = append(groups, raceTests, sourceRaces, couponRaces, channelRaces, referralRaces, groupbuyRaces, assistRaces)
	}
	for _, group := range groups {
		for name, test := range group {
			t.Run(name, func(t *testing.T) {
				if !s.single {
					t.Parallel()
				}
				test(s, t)
			})
		}
	}
}

// task is the document under test.
type task struct {
	domain.Doc
	Camp  string         `json:"camp"`
	Seq   int            `json:"seq"`
	Code  string         `json:"code,omitempty"` // unique where there is one
	Due   time.Time      `json:"due,omitzero"`
	State state          `json:"state,omitempty"`
	Total int64          `json:"total"`
	Text  string         `json:"text,omitempty"`
	Extra map[string]any `json:"extra,omitempty"`
}

type state string

func code(d *task) any {
	if d.Code == "" {
		return nil
	}
	return d.Code
}

var taskKeys = storage.Keys[task]{
	"camp":  func(d *task) any { return d.Camp },
	"seq":   func(d *task) any { return d.Seq },
	"due":   func(d *task) any { return d.Due },
	"state": func(d *task) any { return d.State },
	"code":  code,
}

var taskIndexes = []storage.Index{
	{Name: "camp_seq", Fields: []string{"camp", "seq"}},
	{Name: "camp_due_state", Fields: []string{"camp", "due", "state"}},
	{Name: "due", Fields: []string{"due"}},
	{Name: "code", Fields: []string{"code"}, Unique: true},
	{Name: "camp_code", Fields: []string{"camp", "code"}, Unique: true},
}

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func (s *suite) tasks(t testing.TB) (*storage.DB, *storage.Collection[task]) {
	t.Helper()
	db := storage.NewDB(s.open(t))
	t.Cleanup(func() { db.Close() })
	return db, tasksIn(t, db)
}

func tasksIn(t testing.TB, db *storage.DB) *storage.Collection[task] {
	t.Helper()
	tasks, err := storage.NewCollection(t.Context(), db, "tasks", taskKeys, taskIndexes...)
	must(t, err)
	return tasks
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refusedWith(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

func same(t testing.TB, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
}

func put(t testing.TB, tasks *storage.Collection[task], docs ...task) {
	t.Helper()
	for _, doc := range docs {
		must(t, tasks.Insert(t.Context(), doc))
	}
}

func get(t testing.TB, tasks *storage.Collection[task], id string) task {
	t.Helper()
	doc, err := tasks.Get(t.Context(), id)
	must(t, err)
	return doc
}

func doc(id string) domain.Doc { return domain.Doc{ID: id} }

func numbered(i int) string { return fmt.Sprintf("t%03d", i) }

func idsOf(docs []task) []string {
	ids := make([]string, len(docs))
	for i, d := range docs {
		ids[i] = d.ID
	}
	return ids
}

// walk pages through the query and returns the ids of all pages together.
func walk(t testing.TB, tasks *storage.Collection[task], q storage.Query, size int) []string {
	t.Helper()
	all := []string{}
	page := domain.Page{Limit: size}
	for {
		docs, next, err := tasks.Find(t.Context(), q, page)
		must(t, err)
		if len(docs) > size {
			t.Fatalf("a page of %d holds %d", size, len(docs))
		}
		all = append(all, idsOf(docs)...)
		if next == "" {
			return all
		}
		page.After = next
	}
}

func done() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
