package export_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/domaintest"
	"yingdi/domain/enrolment"
	"yingdi/domain/export"
	"yingdi/domain/form"
	"yingdi/domain/lesson"
	"yingdi/domain/member"
	"yingdi/domain/quiz"
	"yingdi/domain/review"
)

// world is a camp with learners who handed something in, and a bucket and spreadsheets in memory.
type world struct {
	*export.Service
	store  store
	bucket *bucket
	books  *books
	facts  *facts
	power  *domaintest.Power
	clock  *domaintest.Clock
}

func newWorld() *world {
	power := &domaintest.Power{}
	w := &world{
		store: store{domaintest.NewStore[export.Export](power)}, bucket: &bucket{files: map[string]string{}}, books: &books{}, power: power,
		facts: &facts{}, clock: domaintest.NewClock("2026-03-05T01:00:00Z"),
	}
	w.store.Unique = func(e *export.Export) []string {
		if !e.Open() {
			return nil
		}
		return []string{fmt.Sprint(e.By, e.Slot)}
	}
	w.Service = &export.Service{
		Store: w.store, Books: w.books, Bucket: w.bucket, Camps: w.facts, Tasks: tasks{w.facts}, Members: w.facts, Enrolments: w.facts, Teams: w.facts,
		Replies: w.facts, Checkins: w.facts, Reviews: w.facts, Quizzes: quizzes{}, Attempts: attempts{}, IDs: &domaintest.IDs{}, Clock: w.clock,
	}
	return w
}

func as(t testing.TB, id string, role domain.Role) context.Context {
	t.Helper()
	g := domain.Grant{Scope: domain.ScopeCamp, ID: "c1", Organiser: "o1", Role: role}
	if role == domain.RoleOwner || role == domain.RoleManager {
		g = domain.Grant{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: role}
	}
	return domain.WithActor(t.Context(), domain.Actor{Member: id, Grants: []domain.Grant{g}})
}

func (w *world) ask(t testing.TB, ctx context.Context, f export.Form) export.Export {
	t.Helper()
	e, err := w.Ask(ctx, "c1", f)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (w *world) get(t testing.TB, id string) export.Export {
	t.Helper()
	e, err := w.store.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// run is what a job does.
func (w *world) run(t testing.TB, id string) error {
	return w.Run(domain.WithActor(t.Context(), domain.SystemActor), id)
}

type store struct {
	*domaintest.Store[export.Export]
}

func newest(a, b export.Export) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID)) }

func (s store) OfCamp(_ context.Context, camp string, page domain.Page) ([]export.Export, domain.Cursor, error) {
	return s.Find(func(e export.Export) bool { return e.Camp == camp }, newest, page)
}

func (s store) OfOrganiser(_ context.Context, organiser string, page domain.Page) ([]export.Export, domain.Cursor, error) {
	return s.Find(func(e export.Export) bool { return e.Organiser == organiser }, newest, page)
}

func (s store) OfTemplate(_ context.Context, template string, page domain.Page) ([]export.Export, domain.Cursor, error) {
	return s.Find(func(e export.Export) bool { return e.Template != "" && e.Template == template }, newest, page)
}

func (s store) Due(_ context.Context, before time.Time, page domain.Page) ([]export.Export, domain.Cursor, error) {
	return s.Find(func(e export.Export) bool { return !e.WakeAt().IsZero() && e.WakeAt().Before(before) }, nil, page)
}

// bucket keeps files.
type bucket struct {
	mu    sync.Mutex
	files map[string]string
	hook  func() // runs before a file is stored
}

func (b *bucket) Put(_ context.Context, key, _ string, body io.Reader, _ int64) error {
	if b.hook != nil {
		b.hook()
	}
	raw, err := io.ReadAll(body)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files[key] = string(raw)
	return err
}

func (b *bucket) SignDownload(_ context.Context, key, contentType string, expires time.Time) (string, error) {
	return fmt.Sprintf("/%s?type=%s&until=%s", key, contentType, expires.Format(time.RFC3339)), nil
}

func (b *bucket) Delete(_ context.Context, key string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.files, key)
	return nil
}

// books writes rows as lines.
type books struct {
	open int
	hook func(rows int) error // runs after each row
}

func (b *books) New() (export.Book, error) {
	b.open++
	return &book{of: b}, nil
}

type book struct {
	of   *books
	out  bytes.Buffer
	rows int
}

func (b *book) Sheet(name string, head []string) error {
	_, err := fmt.Fprintf(&b.out, "[%s] %s\n", name, strings.Join(head, "|"))
	return err
}

func (b *book) Row(cells []any) error {
	for _, c := range cells {
		fmt.Fprint(&b.out, c, "|")
	}
	b.out.WriteByte('\n')
	b.rows++
	if b.of.hook != nil {
		return b.of.hook(b.rows)
	}
	return nil
}

func (b *book) Finish() (io.Reader, int64, error) { return &b.out, int64(b.out.Len()), nil }

func (b *book) Discard() error { b.of.open--; return nil }

// facts are what is to be exported.
type facts struct {
	learners []string
	phone    string
	reply    *form.Reply
	handed   []checkin.Checkin
	reviews  map[string]review.Review
	asked    int // round trips
}

var in = camp.Camp{Doc: domain.Doc{ID: "c1"}, Organiser: "o1", Title: "晨读", Start: "2026-03-01", End: "2026-03-21", Calendar: domain.Calendar{Zone: "Asia/Shanghai"}}

func (f *facts) Get(_ context.Context, id string) (camp.Camp, error) {
	if id != "c1" {
		return camp.Camp{}, domain.ErrNotFound
	}
	return in, nil
}

func (f *facts) ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error) {
	c, err := f.Get(ctx, id)
	if err != nil {
		return c, err
	}
	return c, domain.ActorFrom(ctx).Must(right, c.Place())
}

func (f *facts) Titles(context.Context, []string) (map[string]string, error) {
	return map[string]string{"c1": "晨读"}, nil
}

func (f *facts) Taken(context.Context, string) (int64, error) { return int64(len(f.learners)), nil }

// tasks of an earlier and of a later day of the plan.
type tasks struct{ *facts }

func (t tasks) GetMany(context.Context, []string) (map[string]lesson.Task, error) {
	t.asked++
	return map[string]lesson.Task{"t1": {Title: "读一段", Day: "2026-03-02"}}, nil
}

func (f *facts) Cards(_ context.Context, ids []string) (map[string]member.Card, error) {
	f.asked++
	cards := map[string]member.Card{}
	for _, id := range ids {
		cards[id] = member.Card{ID: id, Nickname: "小" + id}
	}
	return cards, nil
}

func (f *facts) Contacts(ctx context.Context, ids []string, names, phones bool) (map[string]member.Contact, error) {
	cards, err := f.Cards(ctx, ids)
	contacts := map[string]member.Contact{}
	for id, card := range cards {
		c := member.Contact{Card: card, Phone: f.phone}
		if !names {
			c.Nickname = member.MaskName(c.Nickname)
		}
		if !phones {
			c.Phone = member.MaskPhone(c.Phone)
		}
		contacts[id] = c
	}
	return contacts, err
}

// cut is one page of a list.
func cut[T any](list []T, page domain.Page) ([]T, domain.Cursor) {
	from := 0
	_, _ = fmt.Sscan(string(page.After), &from)
	to := min(len(list), from+page.Size(20))
	if to == len(list) {
		return list[from:], ""
	}
	return list[from:to], domain.Cursor(fmt.Sprint(to))
}

func (f *facts) OfCamp(_ context.Context, _ string, page domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	f.asked++
	ids, next := cut(f.learners, page)
	list := make([]enrolment.Enrolment, len(ids))
	for i, id := range ids {
		list[i] = enrolment.Enrolment{Doc: domain.Doc{ID: "c1:" + id}, Camp: "c1", Member: id, Reply: f.reply, ActiveAt: time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)}
	}
	return list, next, nil
}

func (f *facts) Names(context.Context, string, []string) (map[string]string, error) {
	f.asked++
	return map[string]string{"m0": "清晨组"}, nil
}

func (f *facts) History(context.Context, string) (form.History, error) {
	fields := []form.Field{{ID: "f1", Type: form.Text, Label: "姓名"}, {ID: "f2", Type: form.Phone, Label: "手机"}}
	return form.History{Fields: fields, Versions: map[int]form.Version{1: {Number: 1, Fields: fields}}}, nil
}

func (f *facts) Answers(_ form.History, _ string, _ *form.Reply, shown form.Shown) (map[string][]string, error) {
	return map[string][]string{"f1": {fmt.Sprint(shown.Texts)}, "f2": {fmt.Sprint(shown.Phones)}}, nil
}

func (f *facts) within(from, to domain.Day) []checkin.Checkin {
	var list []checkin.Checkin
	for _, c := range f.handed {
		if c.Day >= from && (to == "" || c.Day <= to) {
			list = append(list, c)
		}
	}
	return list
}

func (f *facts) InDays(_ context.Context, _ string, from, to domain.Day, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	f.asked++
	list, next := cut(f.within(from, to), page)
	return list, next, nil
}

func (f *facts) CountInDays(_ context.Context, _ string, from, to domain.Day) (int64, error) {
	return int64(len(f.within(from, to))), nil
}

func (f *facts) DaysOf(context.Context, string, []string) (map[string][]domain.Day, error) {
	f.asked++
	return map[string][]domain.Day{"m0": {"2026-03-01", "2026-03-01", "2026-03-02"}}, nil
}

func (f *facts) Many(_ context.Context, ids []string) (map[string]review.Review, error) {
	f.asked++
	found := map[string]review.Review{}
	for _, id := range ids {
		if r, ok := f.reviews[id]; ok {
			found[id] = r
		}
	}
	return found, nil
}

type quizzes struct{}

type attempts struct{}

func (quizzes) OfCamp(context.Context, string, domain.Page) ([]quiz.Quiz, domain.Cursor, error) {
	return []quiz.Quiz{{Doc: domain.Doc{ID: "q1"}}}, "", nil
}

func (attempts) OfQuiz(context.Context, string, domain.Page) ([]quiz.Attempt, domain.Cursor, error) {
	return []quiz.Attempt{{Title: "周测", Member: "m0", N: 1, State: quiz.Finished, Mark: 250, Entries: []quiz.Entry{{Full: 400}}, Pass: 60}}, "", nil
}

func (attempts) CountQuiz(context.Context, string) (int64, error) { return 1, nil }

// handIn makes n check-ins over the camp's days.
func (f *facts) handIn(n int) {
	for i := range n {
		day := in.Start.Add(i * 3 / n)
		f.handed = append(f.handed, checkin.Checkin{
			Doc: domain.Doc{ID: fmt.Sprint("k", i)}, Camp: "c1", Member: fmt.Sprint("m", i), Task: "t1", Day: day, Text: "读了", State: checkin.Visible,
			Audience: checkin.ToTeachers, SubmittedAt: time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC),
		})
	}
}
