package camp_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
)

var shanghai = domain.Calendar{Zone: "Asia/Shanghai", CutOff: 2}

func form() camp.Form {
	return camp.Form{Title: "21 天晨读", Calendar: shanghai, Start: "2026-03-01", End: "2026-03-21", EnrolBy: "2026-03-10", Seats: 50}
}

// at is an instant on a day of the camp, some hours after it began.
func at(day domain.Day, hours int) time.Time {
	return shanghai.Start(day).Add(time.Duration(hours) * time.Hour)
}

func TestFormIsBounded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*camp.Form)
		field  string // "" if it is fine
	}{
		"fine":                        {func(*camp.Form) {}, ""},
		"one day":                     {func(f *camp.Form) { f.End, f.EnrolBy = f.Start, f.Start }, ""},
		"400 days":                    {func(f *camp.Form) { f.End = f.Start.Add(399) }, ""},
		"401 days":                    {func(f *camp.Form) { f.End = f.Start.Add(400) }, "end"},
		"the end before the start":    {func(f *camp.Form) { f.End = f.Start.Add(-1) }, "end"},
		"enrolment beyond the end":    {func(f *camp.Form) { f.EnrolBy = f.End.Add(1) }, "enrol_by"},
		"a day that is none":          {func(f *camp.Form) { f.Start = "2026-02-30" }, "start"},
		"a day before time":           {func(f *camp.Form) { f.Start = "0001-01-01" }, "start"},
		"no end":                      {func(f *camp.Form) { f.End = "" }, "end"},
		"no seat":                     {func(f *camp.Form) { f.Seats = 0 }, "seats"},
		"too many seats":              {func(f *camp.Form) { f.Seats = camp.MaxSeats + 1 }, "seats"},
		"a zone that is none":         {func(f *camp.Form) { f.Calendar.Zone = "Shanghai" }, "zone"},
		"a cut-off in the afternoon":  {func(f *camp.Form) { f.Calendar.CutOff = 13 }, "cut_off"},
		"a title of one character":    {func(f *camp.Form) { f.Title = "一" }, "title"},
		"a title of 41 characters":    {func(f *camp.Form) { f.Title = strings.Repeat("一", 41) }, "title"},
		"an intro of 5001 characters": {func(f *camp.Form) { f.Intro = strings.Repeat("一", 5001) }, "intro"},
		"a cover that cannot be":      {func(f *camp.Form) { f.Cover = "../x" }, "cover"},
	} {
		f := form()
		c.change(&f)
		var refusal *domain.Error
		if err := f.Check(); c.field == "" && err != nil || c.field != "" && (!errors.As(err, &refusal) || refusal.Fields[0].Name != c.field) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPhaseAndEnrolmentFollowTheCalendarOfTheCamp(t *testing.T) {
	t.Parallel()
	draft := camp.Camp{State: camp.Draft}
	if err := draft.Apply(form(), at("2026-02-01", 0)); err != nil {
		t.Fatal(err)
	}
	published, closed := draft, draft
	published.State, closed.State = camp.Published, camp.Closed
	for name, c := range map[string]struct {
		camp  camp.Camp
		now   time.Time
		phase camp.Phase
		enrol error
	}{
		"a draft":                           {draft, at("2026-03-05", 0), camp.PhaseDraft, camp.ErrNotPublished},
		"the last moment before it begins":  {published, at("2026-03-01", 0).Add(-1), camp.PhaseEnrolling, nil},
		"the first moment":                  {published, at("2026-03-01", 0), camp.PhaseRunning, nil},
		"the last moment of enrolment":      {published, at("2026-03-11", 0).Add(-1), camp.PhaseRunning, nil},
		"the moment after":                  {published, at("2026-03-11", 0), camp.PhaseRunning, camp.ErrEnrolOver},
		"one in the morning after the last": {published, at("2026-03-21", 23), camp.PhaseRunning, camp.ErrEnrolOver},
		"two in the morning":                {published, at("2026-03-22", 0), camp.PhaseEnded, camp.ErrEnrolOver},
		"closed":                            {closed, at("2026-03-05", 0), camp.PhaseClosed, camp.ErrClosed},
	} {
		if got := c.camp.Phase(c.now); got != c.phase {
			t.Errorf("%s: %s", name, got)
		}
		if err := c.camp.MayEnrol(c.now); !errors.Is(err, c.enrol) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if published.Days() != 21 || published.DayN("2026-03-01") != 1 || published.DayN("2026-03-21") != 21 || published.DayN("2026-02-28") != 0 {
		t.Errorf("%d days", published.Days())
	}
}

func TestTheDaysOfACampThatHasBegunStay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state  camp.State
		now    time.Time
		change func(*camp.Form)
		want   error
	}{
		"a draft may move at any time":     {camp.Draft, at("2026-03-05", 0), func(f *camp.Form) { f.Start = "2026-03-07" }, nil},
		"a published one before it begins": {camp.Published, at("2026-03-01", 0).Add(-1), func(f *camp.Form) { f.Start = "2026-03-07" }, nil},
		"the start":                        {camp.Published, at("2026-03-01", 0), func(f *camp.Form) { f.Start = "2026-03-07" }, camp.ErrStarted},
		"the end":                          {camp.Published, at("2026-03-01", 0), func(f *camp.Form) { f.End = "2026-03-22" }, camp.ErrStarted},
		"the zone":                         {camp.Published, at("2026-03-01", 0), func(f *camp.Form) { f.Calendar.Zone = "Asia/Tokyo" }, camp.ErrStarted},
		"the cut-off":                      {camp.Published, at("2026-03-01", 0), func(f *camp.Form) { f.Calendar.CutOff = 0 }, camp.ErrStarted},
		"even when it is closed":           {camp.Closed, at("2026-03-05", 0), func(f *camp.Form) { f.End = "2026-03-22" }, camp.ErrStarted},
		"title, seats and enrolment are still free": {camp.Published, at("2026-03-05", 0), func(f *camp.Form) { f.Title, f.Seats, f.EnrolBy = "新的标题", 60, "2026-03-21" }, nil},
	} {
		subject := camp.Camp{State: camp.Draft}
		if err := subject.Apply(form(), at("2026-02-01", 0)); err != nil {
			t.Fatal(err)
		}
		subject.State = c.state
		before, f := subject, form()
		c.change(&f)
		err := subject.Apply(f, c.now)
		if !errors.Is(err, c.want) || (err == nil) == cmp.Equal(before, subject) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPublishAndClose(t *testing.T) {
	t.Parallel()
	now := at("2026-03-05", 0)
	for _, c := range []struct {
		from           camp.State
		publish, close error
	}{
		{camp.Draft, nil, camp.ErrNotPublished},
		{camp.Published, domain.ErrSame, nil},
		{camp.Closed, camp.ErrClosed, domain.ErrSame},
	} {
		published, closed := term(nil), term(nil)
		published.State, closed.State = c.from, c.from
		if err := published.Publish(now); !errors.Is(err, c.publish) || err == nil && (published.State != camp.Published || published.Published != now) {
			t.Errorf("%s published: %v", c.from, err)
		}
		if err := closed.Close(now); !errors.Is(err, c.close) || err == nil && (closed.State != camp.Closed || closed.Closed != now) {
			t.Errorf("%s closed: %v", c.from, err)
		}
	}
}

type store struct{ *domaintest.Store[camp.Camp] }

func newest(a, b camp.Camp) int { return b.CreatedAt.Compare(a.CreatedAt) }

func (s store) Open(_ context.Context, page domain.Page) ([]camp.Camp, domain.Cursor, error) {
	return s.Find(func(c camp.Camp) bool { return c.State == camp.Published }, newest, page)
}

func (s store) Calling(_ context.Context, before time.Time, page domain.Page) ([]camp.Camp, domain.Cursor, error) {
	return s.Find(func(c camp.Camp) bool { return !c.CallAt.IsZero() && c.CallAt.Before(before) }, nil, page)
}

func (s store) Turning(_ context.Context, before time.Time, page domain.Page) ([]camp.Camp, domain.Cursor, error) {
	return s.Find(func(c camp.Camp) bool { return !c.TurnAt.IsZero() && c.TurnAt.Before(before) }, nil, page)
}

func (s store) ByOrganiser(_ context.Context, organisers []string, page domain.Page) ([]camp.Camp, domain.Cursor, error) {
	return s.Find(func(c camp.Camp) bool { return strings.Contains(strings.Join(organisers, " "), c.Organiser) }, newest, page)
}

func (s store) All(_ context.Context, page domain.Page) ([]camp.Camp, domain.Cursor, error) {
	return s.Find(nil, newest, page)
}

// around is everything else: staff lists who was made teacher of what.
type around struct {
	camp.Pictures // what no test here asks for
	founders      map[string]string
	full          bool
	taken         int64
	tasks         bool
	kept          map[string][]string
}

func (a *around) AppointFounder(_ context.Context, _, camp, member string) error {
	if a.full {
		return domain.ErrExhausted
	}
	a.founders[camp] = member
	return nil
}

func (a *around) Value(context.Context, string) (int64, error)  { return a.taken, nil }
func (a *around) HasTask(context.Context, string) (bool, error) { return a.tasks, nil }
func (a *around) OwnPicture(_ context.Context, owner, id string) error {
	if id != "pic_"+owner {
		return domain.ErrNotFound
	}
	return nil
}

func (a *around) Keep(_ context.Context, ref string, ids []string) error {
	a.kept[ref] = append(a.kept[ref], ids...)
	return nil
}

func (a *around) Replace(ctx context.Context, ref, old string, current func(context.Context) (string, error)) error {
	now, err := current(ctx)
	a.kept[ref] = append(a.kept[ref], old+"→"+now)
	return err
}

type world struct {
	*camp.Service
	*around
	store store
	clock *domaintest.Clock
	power *domaintest.Power
}

func newWorld() world {
	w := world{around: &around{founders: map[string]string{}, tasks: true, kept: map[string][]string{}}, clock: &domaintest.Clock{}, power: &domaintest.Power{}}
	w.clock.Set(at("2026-02-01", 0))
	w.store = store{domaintest.NewStore[camp.Camp](w.power)}
	w.Service = &camp.Service{
		Store: w.store, Staff: w.around, Seats: w.around, Tasks: w.around, Pictures: w.around, IDs: &domaintest.IDs{}, Clock: w.clock,
	}
	return w
}

func actor(t testing.TB, name string, grants ...domain.Grant) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: name, Grants: grants})
}

func of(organiser string, role domain.Role) domain.Grant {
	return domain.Grant{Scope: domain.ScopeOrganiser, ID: organiser, Organiser: organiser, Role: role}
}

func in(organiser, id string, role domain.Role) domain.Grant {
	return domain.Grant{Scope: domain.ScopeCamp, ID: id, Organiser: organiser, Role: role}
}

func TestWhoOpensACampBecomesItsTeacher(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c, err := w.Open(actor(t, "ann", of("o1", domain.RoleTeacher)), "o1", form())
	if err != nil || c.State != camp.Draft || w.founders[c.ID] != "ann" {
		t.Errorf("%+v, founders %v, %v", c, w.founders, err)
	}
	c, err = w.Open(actor(t, "boss", of("o1", domain.RoleOwner)), "o1", form())
	if err != nil || w.founders[c.ID] != "" {
		t.Errorf("whoever may edit every camp needs no role in one: %v, %v", w.founders, err)
	}
}

func TestWhoMayNotOpenACamp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ctx       context.Context
		organiser string
		want      error
	}{
		"nobody":                        {t.Context(), "o1", domain.ErrUnauthenticated},
		"a learner":                     {actor(t, "m"), "o1", domain.ErrForbidden},
		"a teacher of another house":    {actor(t, "m", of("o2", domain.RoleTeacher)), "o1", domain.ErrForbidden},
		"a teacher of one camp":         {actor(t, "m", in("o1", "c1", domain.RoleTeacher)), "o1", domain.ErrForbidden},
		"a teacher who names no house":  {actor(t, "m", of("o1", domain.RoleTeacher)), "", domain.ErrInvalid},
		"the system, naming no house":   {domain.WithActor(t.Context(), domain.SystemActor), "", domain.ErrInvalid},
		"a teacher who names a strange": {actor(t, "m", of("o1", domain.RoleTeacher)), "o1:x", domain.ErrForbidden},
	} {
		w := newWorld()
		if _, err := w.Open(c.ctx, c.organiser, form()); !errors.Is(err, c.want) || len(w.store.Store.All(nil)) != 0 {
			t.Errorf("%s: %v, %d camps", name, err, len(w.store.Store.All(nil)))
		}
	}
}

func TestACampWhoseFounderGotNoRoleDoesNotComeAbout(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.full = true
	if _, err := w.Open(actor(t, "ann", of("o1", domain.RoleTeacher)), "o1", form()); !errors.Is(err, domain.ErrExhausted) {
		t.Errorf("got %v", err)
	}
	if left := w.store.Store.All(nil); len(left) != 0 {
		t.Errorf("a camp that nobody may touch: %+v", left)
	}
}

func (w world) opened(t testing.TB, organiser string) camp.Camp {
	t.Helper()
	w.clock.Add(time.Minute)
	c, err := w.Open(domain.WithActor(t.Context(), domain.SystemActor), organiser, form())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhoMayChangeACamp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		grants []domain.Grant
		want   error
	}{
		"the owner":                        {[]domain.Grant{of("o1", domain.RoleOwner)}, nil},
		"the manager":                      {[]domain.Grant{of("o1", domain.RoleManager)}, nil},
		"its teacher":                      {[]domain.Grant{in("o1", "n1", domain.RoleTeacher)}, nil},
		"its reviewer":                     {[]domain.Grant{in("o1", "n1", domain.RoleReviewer)}, domain.ErrForbidden},
		"a teacher without it":             {[]domain.Grant{of("o1", domain.RoleTeacher)}, domain.ErrForbidden},
		"another camp's":                   {[]domain.Grant{in("o1", "n9", domain.RoleTeacher)}, domain.ErrForbidden},
		"another house's owner":            {[]domain.Grant{of("o2", domain.RoleOwner)}, domain.ErrForbidden},
		"one whom another house put there": {[]domain.Grant{in("o2", "n1", domain.RoleTeacher)}, domain.ErrForbidden},
		"a learner":                        {nil, domain.ErrForbidden},
	} {
		w := newWorld()
		opened := w.opened(t, "o1")
		ctx := actor(t, "m", c.grants...)
		for what, call := range map[string]func() (camp.Camp, error){
			"edit":    func() (camp.Camp, error) { return w.Edit(ctx, opened.ID, form()) },
			"publish": func() (camp.Camp, error) { return w.Publish(ctx, opened.ID) },
		} {
			if _, err := call(); !errors.Is(err, c.want) {
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
		if _, err := w.Close(ctx, opened.ID); !errors.Is(err, c.want) {
			t.Errorf("%s: close: %v", name, err)
		}
	}
}

func TestDraftsDoNotExistForLearners(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.opened(t, "o1")
	teacher := actor(t, "ann", in("o1", c.ID, domain.RoleTeacher))
	for name, ctx := range map[string]context.Context{
		"a learner": actor(t, "m"), "nobody": t.Context(), "another house": actor(t, "m", of("o2", domain.RoleOwner)),
	} {
		if _, err := w.Get(ctx, c.ID); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.Get(teacher, c.ID); err != nil {
		t.Error(err)
	}
	if list, _, err := w.OpenCamps(t.Context(), domain.Page{}); err != nil || len(list) != 0 {
		t.Errorf("listed: %+v, %v", list, err)
	}
	w.tasks = false
	if _, err := w.Publish(teacher, c.ID); !errors.Is(err, camp.ErrNoTask) {
		t.Errorf("published with nothing to do: %v", err)
	}
	w.tasks = true
	if _, err := w.Publish(teacher, c.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Get(t.Context(), c.ID); err != nil {
		t.Error(err)
	}
	if list, _, err := w.OpenCamps(t.Context(), domain.Page{}); err != nil || len(list) != 1 {
		t.Errorf("listed: %+v, %v", list, err)
	}
}

func TestSeatsDoNotFallBelowThoseThatAreTaken(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.opened(t, "o1")
	w.taken = 30
	f, owner := form(), actor(t, "boss", of("o1", domain.RoleOwner))
	for seats, want := range map[int]error{29: camp.ErrFewerSeats, 30: nil, 31: nil} {
		f.Seats = seats
		if _, err := w.Edit(owner, c.ID, f); !errors.Is(err, want) {
			t.Errorf("%d seats: %v", seats, err)
		}
	}
}

func TestACoverIsOnesOwnAndIsKeptFromTheOrphanSweep(t *testing.T) {
	t.Parallel()
	w := newWorld()
	c := w.opened(t, "o1")
	owner, f := actor(t, "boss", of("o1", domain.RoleOwner)), form()
	f.Cover = "pic_ann"
	if _, err := w.Edit(owner, c.ID, f); !errors.Is(err, domain.ErrInvalid) || len(w.kept) != 0 {
		t.Errorf("another's picture: %v, kept %v", err, w.kept)
	}
	f.Cover = "pic_boss"
	for range 2 {
		if _, err := w.Edit(owner, c.ID, f); err != nil {
			t.Fatal(err)
		}
	}
	second := actor(t, "second", of("o1", domain.RoleManager))
	if _, err := w.Edit(second, c.ID, f); err != nil {
		t.Errorf("a cover that was there before may stay: %v", err)
	}
	if diff := cmp.Diff(map[string][]string{"camp:" + c.ID: {"pic_boss"}}, w.kept); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	f.Cover = ""
	if _, err := w.Edit(owner, c.ID, f); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{camp.EventFace, camp.EventCover, camp.EventFace, camp.EventCover, camp.EventFace}, w.store.Events(c.ID)); diff != "" {
		t.Errorf("putting it up and taking it down (-want +got)\n%s", diff)
	}
	if err := w.SettleCover(t.Context(), c.ID, "pic_boss"); err != nil || !slices.Contains(w.kept["camp:"+c.ID], "pic_boss→") {
		t.Errorf("%v, %v", w.kept, err)
	}
}

func TestMineListsTheCampsOneWorksInAndNoOthers(t *testing.T) {
	t.Parallel()
	w := newWorld()
	first, second, foreign := w.opened(t, "o1"), w.opened(t, "o1"), w.opened(t, "o2")
	for name, c := range map[string]struct {
		grants []domain.Grant
		want   []string
	}{
		"the manager":           {[]domain.Grant{of("o1", domain.RoleManager)}, []string{second.ID, first.ID}},
		"a teacher of one":      {[]domain.Grant{of("o1", domain.RoleTeacher), in("o1", first.ID, domain.RoleTeacher)}, []string{first.ID}},
		"a manager who reviews": {[]domain.Grant{of("o1", domain.RoleManager), in("o1", first.ID, domain.RoleReviewer), in("o2", foreign.ID, domain.RoleReviewer)}, []string{foreign.ID, second.ID, first.ID}},
		"one whom an owner put into another house's camp": {[]domain.Grant{in("o1", foreign.ID, domain.RoleTeacher)}, []string{}},
		"an admin": {[]domain.Grant{{Scope: domain.ScopePlatform, Role: domain.RoleAdmin}}, []string{foreign.ID, second.ID, first.ID}},
	} {
		list, _, err := w.Mine(actor(t, "m", c.grants...), camp.Filter{}, domain.Page{})
		ids := []string{}
		for _, c := range list {
			ids = append(ids, c.ID)
		}
		if diff := cmp.Diff(c.want, ids); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
		}
	}
	if _, _, err := w.Mine(actor(t, "m"), camp.Filter{}, domain.Page{}); !errors.Is(err, domain.ErrForbidden) {
		t.Errorf("a learner: %v", err)
	}
}
