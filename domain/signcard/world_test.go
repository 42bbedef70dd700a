package signcard_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/domaintest"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/signcard"
)

// studio is everything that a card is drawn from and goes to.
type studio struct {
	deleted bool // what was handed in

	mu     sync.Mutex
	files  map[string][]byte
	asked  int // for codes
	drawn  int
	fails  error
	faulty string // what cannot be drawn
	name   string
	kept   map[string][]string
	camp   camp.Camp
}

func (s *studio) View(ctx context.Context, id string) (checkin.Entry, error) {
	if domain.ActorFrom(ctx).Member != "ann" {
		return checkin.Entry{}, domain.ErrNotFound
	}
	c, err := checkins{s}.Get(ctx, id)
	return checkin.Entry{Checkin: c}, err
}

func (s *studio) ProgressOn(_ context.Context, in camp.Camp, _ string, day domain.Day) (checkin.Progress, error) {
	return checkin.Progress{In: in.For(0, time.Time{}), Today: day, Streak: 5}, nil
}

type checkins struct{ *studio }

// Get reads camp, member and day out of the id.
func (k checkins) Get(_ context.Context, id string) (checkin.Checkin, error) {
	part := strings.Split(id, ":")
	c := checkin.Checkin{Doc: domain.Doc{ID: id}, Camp: part[0], Member: part[1], Day: domain.Day(part[3]), State: checkin.Visible}
	if k.deleted {
		c.State = checkin.Deleted
	}
	return c, nil
}

func (s *studio) SignDownload(_ context.Context, key, _ string, _ time.Time) (string, error) {
	return key, nil
}

func (s *studio) Delete(context.Context, string) error { return nil }

func (s *studio) Put(_ context.Context, key, _ string, body io.Reader, _ int64) error {
	raw, err := io.ReadAll(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[key] = raw
	return err
}

func (s *studio) Read(_ context.Context, key string, _ int64) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if raw, ok := s.files[key]; ok {
		return raw, nil
	}
	return nil, domain.ErrNotFound
}

func (s *studio) Avatar(context.Context, string) ([]byte, error) { return nil, nil }

// OwnPicture: those of a person are named after them.
func (s *studio) OwnPicture(_ context.Context, owner, id string) error {
	if !strings.HasPrefix(id, owner) {
		return media.ErrUnusable
	}
	return nil
}

func (s *studio) Keep(_ context.Context, ref string, ids []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[ref] = append(s.kept[ref], ids...)
	return nil
}

func (s *studio) Many(_ context.Context, ids []string) (map[string]media.Media, error) {
	found := map[string]media.Media{}
	for _, id := range ids {
		side := 1200
		if strings.HasSuffix(id, "small") {
			side = 300
		}
		found[id] = media.Media{Doc: domain.Doc{ID: id}, Kind: media.Image, Width: side, Height: side, State: media.Ready}
	}
	return found, nil
}

func (s *studio) Views(_ context.Context, found map[string]media.Media, ids []string, _ bool) (views []media.View, err error) {
	for _, id := range ids {
		views = append(views, media.View{ID: found[id].ID})
	}
	return views, nil
}

func (s *studio) Scaled(_ context.Context, id string, _ int) ([]byte, error) {
	if strings.HasSuffix(id, "broken") {
		return nil, media.ErrUnusable
	}
	return []byte("scaled " + id), nil
}

func (s *studio) QR(_ context.Context, scene, _ string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	return []byte("code of " + scene), s.fails
}

func (s *studio) ForShare(_ context.Context, camp, member string) (string, error) {
	return camp + "-" + member, nil
}

func (s *studio) Render(ctx context.Context, d signcard.Sheet) ([]byte, error) {
	s.mu.Lock()
	s.drawn++
	faulty, name := s.faulty, d.Nickname
	s.mu.Unlock()
	if faulty != "" && strings.Contains(string(d.QR), faulty) {
		return nil, domain.Invalid("picture", "坏了")
	}
	photo := ""
	if d.Photo != nil {
		raw, err := d.Photo(ctx)
		if err != nil {
			return nil, err
		}
		photo = " on " + string(raw)
	}
	return fmt.Appendf(nil, "%s %s %d/%d %d %s%s", cmp.Or(name, d.Saying), d.Day, d.DayN, d.Total, d.Streak, d.QR, photo), nil
}

// Measure: a design holds as many characters as its saying is pixels wide, by ten.
func (s *studio) Measure(d signcard.Design, said signcard.Saying) signcard.Measured {
	m := signcard.Measured{Fits: len([]rune(said.Text)) <= d.At(signcard.PartSaying).W/10, Lines: 9}
	if strings.Contains(said.Text, "☠") {
		m.Missing = "☠"
	}
	return m
}

func (s *studio) Names(_ context.Context, ids []string) (map[string]string, error) {
	names := map[string]string{}
	for _, id := range ids {
		names[id] = "机构 " + id
	}
	return names, nil
}

func (s *studio) Has(_ context.Context, _, member string) (bool, error) { return member == "ann", nil }

func (s *studio) Promotes(_ context.Context, _ camp.Camp, member string) (bool, error) {
	return member == "pro", nil
}

type camps struct{ *studio }

func (c camps) Get(_ context.Context, id string) (camp.Camp, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	in := c.camp
	in.ID = id
	return in, nil
}

func (c camps) ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error) {
	in, _ := c.Get(ctx, id)
	return in, domain.ActorFrom(ctx).Must(right, in.Place())
}

func (c camps) Mine(ctx context.Context, _ camp.Filter, _ domain.Page) ([]camp.Camp, domain.Cursor, error) {
	in, err := c.Get(ctx, "c1")
	return []camp.Camp{in}, "", err
}

type members struct{ *studio }

func (m members) Get(_ context.Context, id string) (member.Member, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return member.Member{Doc: domain.Doc{ID: id}, Nickname: m.name, State: member.Active}, nil
}

type cards struct {
	*domaintest.Store[signcard.Card]
}

func (s cards) find(match func(signcard.Card) bool, page domain.Page) ([]signcard.Card, domain.Cursor, error) {
	return s.Find(match, func(a, b signcard.Card) int { return strings.Compare(a.ID, b.ID) }, page)
}

func (s cards) OfCamp(_ context.Context, camp string, page domain.Page) ([]signcard.Card, domain.Cursor, error) {
	return s.find(func(c signcard.Card) bool { return c.Camp == camp }, page)
}

func (s cards) OfMember(_ context.Context, member string, page domain.Page) ([]signcard.Card, domain.Cursor, error) {
	return s.find(func(c signcard.Card) bool { return c.Member == member }, page)
}

func (s cards) CountCamp(_ context.Context, camp string) (int64, error) {
	return s.Count(func(c signcard.Card) bool { return c.Camp == camp })
}

func (s cards) CountMember(_ context.Context, member string) (int64, error) {
	return s.Count(func(c signcard.Card) bool { return c.Member == member })
}

type templates struct {
	*domaintest.Store[signcard.Template]
}

func (s templates) OfOrganiser(_ context.Context, organiser string, page domain.Page) ([]signcard.Template, domain.Cursor, error) {
	return s.Find(func(t signcard.Template) bool { return t.Organiser == organiser }, nil, page)
}

type redraws struct {
	*domaintest.Store[signcard.Redraw]
}

func (s redraws) OfScope(_ context.Context, scope string, page domain.Page) ([]signcard.Redraw, domain.Cursor, error) {
	return s.Find(func(r signcard.Redraw) bool { return r.Scope == scope }, func(a, b signcard.Redraw) int { return b.At.Compare(a.At) }, page)
}

// world is the service with all its stores.
type world struct {
	*signcard.Service
	*studio
	power     *domaintest.Power
	clock     *domaintest.Clock
	cards     cards
	libraries *domaintest.Store[signcard.Library]
	templates templates
	redraws   redraws
	invites   *domaintest.Store[signcard.Invite]
	fronts    *domaintest.Store[signcard.Front]
}

func newWorld() world {
	p := &domaintest.Power{}
	s := &studio{files: map[string][]byte{}, kept: map[string][]string{}, name: "小安", camp: camp.Camp{
		Organiser: "o1", Title: "晨读", Start: "2026-03-01", End: "2026-03-21", State: camp.Published,
	}}
	w := world{
		studio: s, power: p, clock: domaintest.NewClock("2026-03-05T01:00:00Z"), cards: cards{domaintest.NewStore[signcard.Card](p)},
		libraries: domaintest.NewStore[signcard.Library](p), templates: templates{domaintest.NewStore[signcard.Template](p)},
		redraws: redraws{domaintest.NewStore[signcard.Redraw](p)}, invites: domaintest.NewStore[signcard.Invite](p), fronts: domaintest.NewStore[signcard.Front](p),
	}
	w.redraws.Unique = func(r *signcard.Redraw) []string {
		if r.State != signcard.Running {
			return nil
		}
		return []string{r.Scope}
	}
	w.Service = &signcard.Service{
		Store: w.cards, Libraries: w.libraries, TemplateStore: w.templates, Settings: domaintest.NewStore[signcard.Setting](p),
		Redraws: w.redraws, Invites: w.invites, Fronts: w.fronts, Bucket: s, WeChat: s, Scenes: s, Checkins: struct {
			checkins
			*studio
		}{checkins{s}, s}, Camps: camps{s}, Organisers: s, Enrolments: s, Promoters: s, Members: members{s}, Files: s, Renderer: s,
		IDs: &domaintest.IDs{}, Clock: w.clock,
	}
	return w
}

// owner acts for the organiser o1.
func owner(t *testing.T) context.Context { return staff(t, domain.RoleOwner) }

func staff(t *testing.T, role domain.Role) context.Context {
	t.Helper()
	grant := domain.Grant{Scope: domain.ScopeOrganiser, ID: "o1", Organiser: "o1", Role: role}
	return domain.WithActor(t.Context(), domain.Actor{Member: "boss", Grants: []domain.Grant{grant}})
}

func ann(t *testing.T) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: "ann"})
}

// make draws cards of a camp, one a day for each of the members.
func (w world) make(t *testing.T, camp string, members []string, days int) {
	t.Helper()
	for _, m := range members {
		for i := range days {
			day := domain.Day("2026-03-01").Add(i)
			if err := w.Make(t.Context(), camp+":"+m+":t1:"+string(day)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// keys of the bucket below a folder.
func (w world) keys(under string) (keys []string) {
	for key := range w.files {
		if strings.HasPrefix(key, under) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
