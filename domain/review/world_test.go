package review_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/domaintest"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/notice"
	"yingdi/domain/review"
	"yingdi/domain/team"
)

// checkins are those of learners of c1 of o1, and whether they are out of the queue.
type checkins struct {
	review.Checkins
	mu     sync.Mutex
	all    map[string]checkin.Checkin
	noting func(reviewed bool) // runs before each note
}

// id of the check-in that is always there: ann's.
const id = "c1:ann:t1:2026-03-05"

func (c *checkins) add(who string, at time.Time) string {
	key := "c1:" + who + ":t1:2026-03-05"
	c.all[key] = checkin.Checkin{
		Doc: domain.Doc{ID: key}, Camp: "c1", Organiser: "o1", Member: who, Task: "t1", Text: "读了", Version: 1, State: checkin.Visible, SubmittedAt: at,
	}
	return key
}

func (c *checkins) Get(_ context.Context, want string) (checkin.Checkin, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.all[want]
	if !ok {
		return checkin.Checkin{}, domain.ErrNotFound
	}
	return found, nil
}

func (c *checkins) NoteReviewed(_ context.Context, id string, redo int, done bool) error {
	if c.noting != nil {
		c.noting(done)
	}
	return c.set(id, func(k *checkin.Checkin) { k.Reviewed = done && redo >= k.Redos })
}

func (c *checkins) set(id string, change func(*checkin.Checkin)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.all[id]
	if !ok {
		return domain.ErrNotFound
	}
	change(&k)
	c.all[id] = k
	return nil
}

func (c *checkins) Resubmit(_ context.Context, id string, f checkin.Form, n int) (k checkin.Checkin, err error) {
	if e := c.set(id, func(d *checkin.Checkin) { err = d.Resubmit(f, n, d.SubmittedAt.Add(24*time.Hour)); k = *d }); e != nil {
		return k, e
	}
	return k, err
}

func (c *checkins) View(ctx context.Context, id string) (checkin.Entry, error) {
	k, err := c.Get(ctx, id)
	return checkin.Entry{Checkin: k, Author: member.Card{ID: k.Member, Nickname: k.Member}}, err
}

func (c *checkins) History(context.Context, string) ([]checkin.Entry, error) { return nil, nil }

func (c *checkins) Progress(context.Context, camp.Camp, string) (checkin.Progress, error) {
	return checkin.Progress{Streak: 1}, nil
}

func (c *checkins) Waiting(_ context.Context, w checkin.Waiting, page domain.Page) (list []checkin.Checkin, next domain.Cursor, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(c.all)) {
		k := c.all[key]
		if k.Waits() && (w.Camp == "" || k.Camp == w.Camp) && (w.Organiser == "" || k.Organiser == w.Organiser) && (w.Before.IsZero() || k.HandedAt().Before(w.Before)) &&
			(w.Turn == "" || w.Camp == "" || k.Turn() == w.Turn) {
			list = append(list, k)
		}
	}
	slices.SortStableFunc(list, func(a, b checkin.Checkin) int { return a.HandedAt().Compare(b.HandedAt()) })
	after := slices.IndexFunc(list, func(k checkin.Checkin) bool { return k.ID == string(page.After) })
	list = list[after+1:]
	if size := page.Size(20); len(list) > size {
		list, next = list[:size], domain.Cursor(list[size-1].ID)
	}
	return list, next, nil
}

func (c *checkins) CountWaiting(ctx context.Context, w checkin.Waiting) (int64, error) {
	var n int64
	for page := (domain.Page{Limit: domain.MaxPage}); ; {
		list, next, err := c.Waiting(ctx, w, page)
		if n += int64(len(list)); next == "" || err != nil {
			return n, err
		}
		page.After = next
	}
}

// notices keeps the first of each id.
type notices struct {
	mu   sync.Mutex
	told map[string]notice.Notice
}

func (n *notices) Tell(_ context.Context, d notice.Notice) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, again := n.told[d.ID]; !again {
		n.told[d.ID] = d
	}
	return nil
}

type store struct {
	*domaintest.Store[review.Review]
}

func (s store) HeldBy(_ context.Context, who string, page domain.Page) ([]review.Review, domain.Cursor, error) {
	return s.Find(func(r review.Review) bool { return r.Claim.By == who }, nil, page)
}

func (s store) Unsettled(_ context.Context, before time.Time, page domain.Page) ([]review.Review, domain.Cursor, error) {
	return s.Find(func(r review.Review) bool { return !r.SettleAt.IsZero() && r.SettleAt.Before(before) }, nil, page)
}

func (s store) ReleasedSince(_ context.Context, campID string, from time.Time, page domain.Page) ([]review.Review, domain.Cursor, error) {
	return s.Find(func(r review.Review) bool {
		return r.Camp == campID && !r.ReleasedAt.IsZero() && !r.ReleasedAt.Before(from)
	}, nil, page)
}

func (s store) PassedBy(_ context.Context, campID, who string, page domain.Page) ([]review.Review, domain.Cursor, error) {
	return s.Find(func(r review.Review) bool {
		_, ok := r.Passed(time.Time{})
		return ok && r.Homework && r.Camp == campID && r.Learner == who
	}, nil, page)
}

// house is the camp c1 of o1 with the task t1 and the teams red (ann) and blue (everybody else).
type house struct {
	rubric lesson.Rubric
	blocks []lesson.Block
}

var c1 = camp.Camp{
	Doc: domain.Doc{ID: "c1"}, Organiser: "o1", Title: "晨读", Calendar: domain.Calendar{Zone: "Asia/Shanghai"}, Start: "2026-03-01", End: "2026-03-21", State: camp.Published,
}

func (h *house) ForStaff(ctx context.Context, _ string, right domain.Right) (camp.Camp, error) {
	return c1, domain.ActorFrom(ctx).Must(right, c1.Place())
}

func (h *house) Mine(context.Context, camp.Filter, domain.Page) ([]camp.Camp, domain.Cursor, error) {
	return []camp.Camp{c1}, "", nil
}

func (h *house) Many(context.Context, []string) (map[string]camp.Camp, error) {
	return map[string]camp.Camp{"c1": c1}, nil
}

type tasks struct{ *house }

func (h tasks) Get(context.Context, string, string) (lesson.Task, error) {
	return lesson.Task{Doc: domain.Doc{ID: "t1"}, Rubric: h.rubric, Blocks: h.blocks}, nil
}

func (h tasks) All(context.Context, string) ([]lesson.Task, error) { return nil, nil }

type teams struct{}

func (teams) All(context.Context, string) ([]team.Team, error) { return nil, nil }

func (teams) TeamsOf(_ context.Context, _ string, members []string) (map[string]string, error) {
	in := map[string]string{}
	for _, m := range members {
		in[m] = map[bool]string{true: "red", false: "blue"}[m == "ann"]
	}
	return in, nil
}

type people struct{}

func (people) Cards(_ context.Context, ids []string) (map[string]member.Card, error) {
	cards := map[string]member.Card{}
	for _, id := range ids {
		cards[id] = member.Card{ID: id, Nickname: id}
	}
	return cards, nil
}

// files are named after their owner and kind: tom_audio_1.
type files struct {
	mu   sync.Mutex
	kept []string // without those let go again
}

func (f *files) Usable(_ context.Context, owner string, ids []string) error {
	for _, id := range ids {
		if !strings.HasPrefix(id, owner+"_") {
			return media.ErrUnusable
		}
	}
	return nil
}

func (f *files) Exchange(ctx context.Context, _ string, old []string, current func(context.Context) ([]string, error)) error {
	now, err := current(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kept = slices.DeleteFunc(f.kept, func(id string) bool { return slices.Contains(old, id) })
	f.kept = append(f.kept, now...)
	slices.Sort(f.kept)
	f.kept = slices.Compact(f.kept)
	return err
}

func (f *files) Many(_ context.Context, ids []string) (map[string]media.Media, error) {
	found := map[string]media.Media{}
	for _, id := range ids {
		found[id] = media.Media{Doc: domain.Doc{ID: id}, Kind: media.Kind(strings.Split(id, "_")[1]), State: media.Ready}
		if strings.HasSuffix(id, "_bad") {
			m := found[id]
			m.Verdict = media.Rejected
			found[id] = m
		}
	}
	return found, nil
}

func (f *files) Views(_ context.Context, found map[string]media.Media, ids []string, _ bool) (views []media.View, _ error) {
	for _, id := range ids {
		if m, ok := found[id]; ok {
			views = append(views, media.View{ID: id, Kind: m.Kind})
		}
	}
	return views, nil
}

type world struct {
	*review.Service
	store    store
	remarks  *domaintest.Store[review.Remarks]
	house    *house
	checkins *checkins
	notices  *notices
	files    *files
	power    *domaintest.Power
	clock    *domaintest.Clock
}

const undo = 30 * time.Second

var page = domain.Page{Limit: 50}

func newWorld() world {
	w := world{
		house: &house{}, checkins: &checkins{all: map[string]checkin.Checkin{}}, notices: &notices{told: map[string]notice.Notice{}}, files: &files{},
		power: &domaintest.Power{}, clock: domaintest.NewClock("2026-03-05T01:00:00Z"),
	}
	w.store, w.remarks = store{domaintest.NewStore[review.Review](w.power)}, domaintest.NewStore[review.Remarks](w.power)
	w.checkins.add("ann", w.clock.Now().Add(-time.Hour))
	w.Service = &review.Service{
		Store: w.store, Remarks: w.remarks, Camps: w.house, Tasks: tasks{w.house}, Teams: teams{}, Checkins: w.checkins, Members: people{},
		Media: w.files, Notices: w.notices, IDs: &domaintest.IDs{}, Clock: w.clock, Undoable: undo,
	}
	return w
}

func teacher(t testing.TB, name string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: name, Grants: []domain.Grant{
		{Scope: domain.ScopeCamp, ID: "c1", Organiser: "o1", Role: domain.RoleTeacher},
	}})
}

func owner(t testing.TB, name string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: name, Grants: []domain.Grant{
		{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: domain.RoleOwner},
	}})
}

func learner(t testing.TB, name string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: name})
}

var (
	good   = review.Form{Text: "写得好", Points: 90}
	better = review.Form{Text: "更好了", Points: 95}
	again  = review.Form{Return: &review.Return{Reason: "请再读一遍"}}
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// release releases, and lets the time pass in which it can be undone.
func (w world) release(t testing.TB, who string, f review.Form) review.Review {
	t.Helper()
	_, err := w.Release(teacher(t, who), id, f)
	must(t, err)
	return w.settle(t)
}

func (w world) settle(t testing.TB) review.Review {
	t.Helper()
	w.clock.Add(undo)
	must(t, w.Settle(t.Context()))
	must(t, w.Follow(t.Context(), id))
	r, err := w.Store.Get(t.Context(), id)
	must(t, err)
	return r
}

func (w world) reopen(t testing.TB, who string) {
	t.Helper()
	_, err := w.Reopen(teacher(t, who), id)
	must(t, err)
}

func (w world) reviewed(id string) bool {
	c, _ := w.checkins.Get(context.Background(), id)
	return c.Reviewed
}
