package checkin_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/domaintest"
	"yingdi/domain/enrolment"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/wechat"
)

type store struct {
	*domaintest.Store[checkin.Checkin]
}

func newestFirst(a, b checkin.Checkin) int { return b.SubmittedAt.Compare(a.SubmittedAt) }

func (s store) Feed(_ context.Context, campID string, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return s.Find(func(c checkin.Checkin) bool { return c.Public() && c.Camp == campID }, newestFirst, page)
}

func (s store) Featured(_ context.Context, campID string, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return s.Find(func(c checkin.Checkin) bool { return c.Public() && c.Featured() && c.Camp == campID }, newestFirst, page)
}

func (s store) Veiled(_ context.Context, in checkin.Where, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return s.Find(func(c checkin.Checkin) bool { return c.Veiled() && slices.Contains(in.Camps, c.Camp) }, newestFirst, page)
}

func (s store) OfMember(_ context.Context, campID, memberID string, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return s.Find(func(c checkin.Checkin) bool { return c.Camp == campID && c.Member == memberID }, newestFirst, page)
}

func waits(w checkin.Waiting) func(checkin.Checkin) bool {
	return func(c checkin.Checkin) bool {
		return c.Waits() && (w.Camp == "" || c.Camp == w.Camp) && (w.Organiser == "" || c.Organiser == w.Organiser) &&
			(w.Task == "" || c.Task == w.Task) && (w.Turn == "" || c.Turn() == w.Turn) && (w.Before.IsZero() || c.HandedAt().Before(w.Before))
	}
}

func (s store) Queue(_ context.Context, w checkin.Waiting, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return s.Find(waits(w), func(a, b checkin.Checkin) int { return a.HandedAt().Compare(b.HandedAt()) }, page)
}

func (s store) CountQueue(_ context.Context, w checkin.Waiting) (int64, error) {
	return s.Count(waits(w))
}

func (s store) Marks(_ context.Context, campID, memberID string) (marks []checkin.Mark, err error) {
	list := s.All(func(c checkin.Checkin) bool { return c.Counts() && c.Camp == campID && c.Member == memberID })
	for _, c := range list {
		marks = append(marks, checkin.Mark{Day: c.Day, At: c.SubmittedAt, MadeUp: c.MadeUp})
	}
	return marks, err
}

func (s store) CountDay(_ context.Context, campID, task string, day domain.Day) (int64, error) {
	return s.Count(func(c checkin.Checkin) bool { return c.Counts() && c.Camp == campID && c.Task == task && c.Day == day })
}

func (s store) CountDays(_ context.Context, campID string, day domain.Day) (int64, error) {
	return s.Count(func(c checkin.Checkin) bool { return c.Counts() && c.Camp == campID && c.Day == day })
}

type likes struct {
	*domaintest.Store[checkin.Like]
	counted func() // runs after each count
}

func (s *likes) CountOn(_ context.Context, id string) (int64, error) {
	n, err := s.Count(func(l checkin.Like) bool { return l.Checkin == id && l.On })
	if s.counted != nil {
		s.counted()
	}
	return n, err
}

func (s *likes) OfCheckin(_ context.Context, id string, until time.Time, page domain.Page) ([]checkin.Like, domain.Cursor, error) {
	return s.Find(func(l checkin.Like) bool { return l.Checkin == id && l.On && !l.At.After(until) }, nil, page)
}

type standings struct {
	*domaintest.Store[checkin.Standing]
}

func (s standings) Ranking(_ context.Context, campID string, page domain.Page) ([]checkin.Standing, domain.Cursor, error) {
	return s.Find(func(st checkin.Standing) bool { return st.Camp == campID && st.Rank() != "" },
		func(a, b checkin.Standing) int { return strings.Compare(a.Rank(), b.Rank()) }, page)
}

func (s standings) CountBefore(_ context.Context, campID, rank string) (int64, error) {
	return s.Count(func(st checkin.Standing) bool { return st.Camp == campID && st.Rank() != "" && st.Rank() < rank })
}

type comments struct {
	*domaintest.Store[checkin.Comment]
}

func shown(id string) func(checkin.Comment) bool {
	return func(c checkin.Comment) bool { return c.Checkin == id && c.State == checkin.Visible }
}

func (s comments) Shown(_ context.Context, id string, page domain.Page) ([]checkin.Comment, domain.Cursor, error) {
	return s.Find(shown(id), nil, page)
}

func (s comments) OfCheckin(_ context.Context, id string, until time.Time, page domain.Page) ([]checkin.Comment, domain.Cursor, error) {
	return s.Find(func(c checkin.Comment) bool {
		return c.Checkin == id && c.State != checkin.Deleted && !c.At.After(until)
	}, nil, page)
}

func (s comments) Veiled(_ context.Context, in checkin.Where, page domain.Page) ([]checkin.Comment, domain.Cursor, error) {
	return s.Find(func(c checkin.Comment) bool { return c.Veiled() && slices.Contains(in.Camps, c.Camp) }, nil, page)
}

func (s comments) CountShown(_ context.Context, id string) (int64, error) { return s.Count(shown(id)) }

// school is the camp c1 of o1 with a task each day, and those who learn in it: ann, bob.
type school struct {
	camp  camp.Camp
	tasks []lesson.Task
	place map[string]enrolment.Enrolment // of those who are not there from the first day on the common calendar
}

func (s *school) Get(context.Context, string) (camp.Camp, error) { return s.camp, nil }

func (s *school) ForStaff(ctx context.Context, _ string, right domain.Right) (camp.Camp, error) {
	return s.camp, domain.ActorFrom(ctx).Must(right, s.camp.Place())
}

func (s *school) OpenCamps(context.Context, domain.Page) ([]camp.Camp, domain.Cursor, error) {
	return []camp.Camp{s.camp}, "", nil
}

func (s *school) OfCamp(_ context.Context, campID string, _ domain.Page) ([]enrolment.Enrolment, domain.Cursor, error) {
	return []enrolment.Enrolment{{Camp: campID, Member: "ann"}, {Camp: campID, Member: "bob"}}, "", nil
}

func (s *school) Require(ctx context.Context, campID string) (enrolment.Enrolment, error) {
	switch who := domain.ActorFrom(ctx).Member; who {
	case "":
		return enrolment.Enrolment{}, domain.ErrUnauthenticated
	case "ann", "bob":
		return s.Of(ctx, campID, who)
	}
	return enrolment.Enrolment{}, enrolment.ErrNotEnrolled
}

func (s *school) Of(_ context.Context, campID, member string) (enrolment.Enrolment, error) {
	if e, ok := s.place[member]; ok {
		return e, nil
	}
	return enrolment.Enrolment{Camp: campID, Member: member}, nil
}

type tasks struct{ *school }

func (s tasks) Get(_ context.Context, _, id string) (lesson.Task, error) {
	for _, t := range s.tasks {
		if t.ID == id {
			return t, nil
		}
	}
	return lesson.Task{}, domain.ErrNotFound
}

func (s tasks) CheckinDays(context.Context, string) ([]domain.Day, error) {
	return lesson.ScheduledDays(lesson.ByCheckin(s.tasks)), nil
}

// files are named OWNER_N and lie in the store of a real media service.
type files struct{ *media.Service }

type mediaStore struct{ *domaintest.Store[media.Media] }

func (mediaStore) ByTrace(context.Context, string) (media.Media, error) {
	return media.Media{}, domain.ErrNotFound
}

func (mediaStore) Orphans(context.Context, time.Time, domain.Page) ([]media.Media, domain.Cursor, error) {
	return nil, "", nil
}

func (mediaStore) Unanswered(context.Context, time.Time, domain.Page) ([]media.Media, domain.Cursor, error) {
	return nil, "", nil
}

func (mediaStore) Undrawn(context.Context, string, domain.Page) ([]media.Media, domain.Cursor, error) {
	return nil, "", nil
}

type links struct{ media.Bucket }

func (links) SignDownload(_ context.Context, key, _ string, _ time.Time) (string, error) {
	return key, nil
}

type people struct{}

func (people) OpenID(_ context.Context, id string) (string, error) {
	if id == "nowechat" {
		return "", domain.ErrNotFound
	}
	return "openid-" + id, nil
}

func (people) Cards(_ context.Context, ids []string) (map[string]member.Card, error) {
	cards := map[string]member.Card{}
	for _, id := range ids {
		cards[id] = member.Card{ID: id, Nickname: id}
	}
	return cards, nil
}

// weChat judges by the text, unless it is down or the person was not active.
type weChat struct {
	mu    sync.Mutex
	err   error
	asked []string
}

func (w *weChat) CheckText(_ context.Context, openID, text string) (wechat.Verdict, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, text)
	verdict := wechat.Verdict{Suggest: wechat.Pass}
	if strings.Contains(text, "坏") {
		verdict.Suggest = wechat.Risky
	} else if strings.Contains(text, "疑") {
		verdict.Suggest = wechat.Review
	}
	return verdict, w.err
}

type world struct {
	*checkin.Service
	*school
	store    store
	likes    *likes
	comments comments
	media    mediaStore
	rank     standings
	walls    *domaintest.Store[checkin.Wall]
	tags     tags
	topics   topics
	told     *told
	wechat   *weChat
	clock    *domaintest.Clock
	power    *domaintest.Power
}

var shanghai = domain.Calendar{Zone: "Asia/Shanghai", CutOff: 2}

func newWorld() world {
	w := world{
		school: &school{camp: camp.Camp{
			Doc: domain.Doc{ID: "c1"}, Organiser: "o1", Calendar: shanghai, Start: "2026-03-01", End: "2026-03-21", State: camp.Published,
		}},
		wechat: &weChat{}, power: &domaintest.Power{}, clock: &domaintest.Clock{},
	}
	for i := range w.camp.Days() {
		day := w.camp.Start.Add(i)
		w.tasks = append(w.tasks, lesson.Task{Doc: domain.Doc{ID: "t-" + string(day)}, Camp: "c1", Day: day})
	}
	w.store, w.likes = store{domaintest.NewStore[checkin.Checkin](w.power)}, &likes{Store: domaintest.NewStore[checkin.Like](w.power)}
	w.comments, w.media = comments{domaintest.NewStore[checkin.Comment](w.power)}, mediaStore{domaintest.NewStore[media.Media](w.power)}
	w.rank = standings{domaintest.NewStore[checkin.Standing](w.power)}
	w.walls, w.tags = domaintest.NewStore[checkin.Wall](w.power), tags{domaintest.NewStore[checkin.Tag](w.power)}
	w.topics, w.told = topics{domaintest.NewStore[checkin.Topic](w.power)}, &told{}
	w.goTo("2026-03-05")
	w.Service = &checkin.Service{
		Store: w.store, Likes: w.likes, Comments: w.comments, Standings: w.rank, Walls: w.walls, Tags: w.tags, Topics: w.topics, Notices: w.told, Camps: w.school, Tasks: tasks{w.school}, Enrolments: w.school,
		Media: files{&media.Service{Store: w.media, Bucket: links{}, Clock: w.clock}}, Members: people{}, WeChat: w.wechat,
		IDs: &domaintest.IDs{}, Clock: w.clock,
	}
	return w
}

// goTo moves the clock to some hours into a day.
func (w world) goTo(day domain.Day) { w.clock.Set(shanghai.Start(day).Add(6 * time.Hour)) }

func as(t testing.TB, name string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: name})
}

func staff(t testing.TB, organiser, campID string, role domain.Role) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: "staff", Grants: []domain.Grant{
		{Scope: domain.ScopeCamp, ID: campID, Organiser: organiser, Role: role},
	}})
}

// picture puts a complete one of ann's into the store.
func (w world) picture(t testing.TB, id string, v media.Verdict) {
	t.Helper()
	if err := w.media.Insert(t.Context(), media.Media{
		Doc: domain.Doc{ID: id}, Owner: strings.Split(id, "_")[0], Kind: media.Image, State: media.Ready, Verdict: v,
		OrphanAt: w.clock.Now().Add(media.OrphanLife),
	}); err != nil {
		t.Fatal(err)
	}
}

// submit hands in for today's task.
func (w world) submit(t testing.TB, who string, f checkin.Form) checkin.Checkin {
	t.Helper()
	c, fresh, err := w.Submit(as(t, who), "c1", "t-"+string(shanghai.Day(w.clock.Now())), f)
	if err != nil || !fresh {
		t.Fatalf("fresh %v, %v", fresh, err)
	}
	return c
}

func (w world) state(t testing.TB, id string) checkin.State {
	t.Helper()
	c, err := w.Service.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c.State
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}
