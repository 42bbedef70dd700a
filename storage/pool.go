package storage

import (
	"context"
	"iter"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/pool"
)

// Pools keeps scholarship pools.
type Pools struct{ *Collection[pool.Pool] }

// PoolMembers keeps who is in them.
type PoolMembers struct{ *Collection[pool.Member] }

// PoolSheets keeps the frozen lists.
type PoolSheets struct{ *Collection[pool.Sheet] }

// PoolStores are the collections about pools.
type PoolStores struct {
	Pools       Pools
	Members     PoolMembers
	Settlements *Collection[pool.Settlement]
	Sheets      PoolSheets
	Consents    PoolConsents
}

// PoolConsents keeps who agreed to which rules.
type PoolConsents struct{ *Collection[pool.Consent] }

// NewPools declares the collections. The ids of members begin with their camp's, so that every list of them is in the order
// of the ids. appeal is the camp of those with an appeal that waits.
func NewPools(ctx context.Context, db *DB) (s PoolStores, err error) {
	if s.Pools.Collection, err = NewCollection(ctx, db, "pool", Keys[pool.Pool]{
		"wake":  func(p *pool.Pool) any { return p.WakeAt },
		"halts": func(p *pool.Pool) any { return keyed(p.Halts(), p.Organiser) },
	}, Index{Name: "wake", Fields: []string{"wake"}}, Index{Name: "halts", Fields: []string{"halts"}}); err != nil {
		return
	}
	if s.Members.Collection, err = NewCollection(ctx, db, "pool_member", Keys[pool.Member]{
		"owned":  func(m *pool.Member) any { return m.Member },
		"camp":   func(m *pool.Member) any { return m.Camp },
		"state":  func(m *pool.Member) any { return string(m.State) },
		"part":   func(m *pool.Member) any { return int64(m.Part) },
		"stage":  func(m *pool.Member) any { return string(m.Stage()) },
		"look":   func(m *pool.Member) any { return m.Look() },
		"appeal": func(m *pool.Member) any { return keyed(m.Appealing(), m.Camp) },
		"help":   func(m *pool.Member) any { return keyed(m.Helpless(), m.Organiser) },
	}, ofPerson, Index{Name: "state", Fields: []string{"camp", "state"}}, Index{Name: "parts", Fields: []string{"camp", "state", "part"}},
		Index{Name: "stage", Fields: []string{"camp", "stage"}}, Index{Name: "look", Fields: []string{"camp", "look"}}, Index{Name: "appeal", Fields: []string{"appeal"}},
		Index{Name: "help", Fields: []string{"help"}}); err != nil {
		return
	}
	if s.Settlements, err = NewCollection(ctx, db, "pool_settlement", Keys[pool.Settlement]{}); err != nil {
		return
	}
	if s.Sheets.Collection, err = NewCollection(ctx, db, "pool_sheet", Keys[pool.Sheet]{}); err != nil {
		return
	}
	s.Consents.Collection, err = NewCollection(ctx, db, "pool_consent", Keys[pool.Consent]{
		"owned": func(c *pool.Consent) any { return c.Member },
	}, ofPerson)
	return
}

// Waking implements pool.Store.
func (s Pools) Waking(ctx context.Context, before time.Time, page domain.Page) ([]pool.Pool, domain.Cursor, error) {
	return s.Find(ctx, By("wake").Range(nil, before), page)
}

// Halting implements pool.Store.
func (s Pools) Halting(ctx context.Context, organisers []string, page domain.Page) ([]pool.Pool, domain.Cursor, error) {
	return s.Find(ctx, amongst(By("halts"), organisers), page)
}

// Helpless implements pool.MemberStore.
func (s PoolMembers) Helpless(ctx context.Context, organisers []string, page domain.Page) ([]pool.Member, domain.Cursor, error) {
	return s.Find(ctx, amongst(By("help"), organisers), page)
}

// OfCamp implements pool.MemberStore.
func (s PoolMembers) OfCamp(ctx context.Context, camp string, state pool.MemberState, page domain.Page) ([]pool.Member, domain.Cursor, error) {
	if state == "" {
		return s.Find(ctx, By("id").Range(camp+":", camp+";"), page)
	}
	return s.Find(ctx, By("state").Equal(camp, string(state)), page)
}

// Looking implements pool.MemberStore.
func (s PoolMembers) Looking(ctx context.Context, camp string, before time.Time, page domain.Page) ([]pool.Member, domain.Cursor, error) {
	return s.Find(ctx, By("look").Equal(camp).Range(nil, before), page)
}

// AtStage implements pool.MemberStore.
func (s PoolMembers) AtStage(ctx context.Context, camp string, stage pool.Stage, page domain.Page) ([]pool.Member, domain.Cursor, error) {
	return s.Find(ctx, By("stage").Equal(camp, string(stage)), page)
}

// Appealing implements pool.MemberStore.
func (s PoolMembers) Appealing(ctx context.Context, camp string, page domain.Page) ([]pool.Member, domain.Cursor, error) {
	return s.Find(ctx, By("appeal").Equal(camp), page)
}

// Groups implements pool.MemberStore by the index alone.
func (s PoolMembers) Groups(ctx context.Context, camp string) (map[pool.MemberState]pool.Group, error) {
	groups := map[pool.MemberState]pool.Group{}
	for e, err := range s.Entries(ctx, By("parts").Equal(camp)) {
		if err != nil {
			return nil, err
		}
		state := pool.MemberState(e.Fields["state"].(string))
		g := groups[state]
		groups[state] = pool.Group{Members: g.Members + 1, Parts: g.Parts + domain.Fen(e.Fields["part"].(int64))}
	}
	return groups, nil
}

// Stages implements pool.MemberStore.
func (s PoolMembers) Stages(ctx context.Context, camp string) (map[pool.Stage]int64, error) {
	stages := map[pool.Stage]int64{}
	for _, stage := range []pool.Stage{pool.StageMoving, pool.StageParked, pool.StageDone} {
		n, err := s.Count(ctx, By("stage").Equal(camp, string(stage)))
		if err != nil {
			return nil, err
		}
		stages[stage] = n
	}
	return stages, nil
}

// OfPerson implements privacy.Of.
func (s PoolMembers) OfPerson(ctx context.Context, member string, page domain.Page) ([]pool.Member, domain.Cursor, error) {
	return s.Find(ctx, By("owned").Equal(member), page)
}

// OfPerson implements privacy.Of.
func (s PoolConsents) OfPerson(ctx context.Context, member string, page domain.Page) ([]pool.Consent, domain.Cursor, error) {
	return s.Find(ctx, By("owned").Equal(member), page)
}

// Drop implements pool.SheetStore.
func (s PoolSheets) Drop(ctx context.Context, camp, run string) error {
	var old []string
	for e, err := range s.Entries(ctx, By("id").Range(camp+":", camp+";")) {
		if err != nil {
			return err
		}
		if !strings.HasPrefix(e.ID, camp+":"+run+":") {
			old = append(old, e.ID)
		}
	}
	for _, id := range old {
		if err := s.Delete(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// PoolEvidence is the collections that a pool is judged by.
type PoolEvidence struct {
	Facts
}

// Homework implements pool.Evidence.
func (f PoolEvidence) Homework(ctx context.Context, camp string, members []string, since map[string]domain.Day) (map[string]pool.Homework, error) {
	who := make([]any, len(members))
	for i, m := range members {
		who[i] = learner(camp, m)
	}
	var passed []string
	for e, err := range f.Reviews.Entries(ctx, By("passed").In(who...)) {
		if err != nil {
			return nil, err
		}
		passed = append(passed, e.ID)
	}
	handed, err := f.Checkins.GetMany(ctx, passed)
	if err != nil {
		return nil, err
	}
	tasks := map[string]map[string]bool{} // by member: the tasks that are counted
	work := make(map[string]pool.Homework, len(members))
	first := func(member, task string) bool {
		if tasks[member] == nil {
			tasks[member] = map[string]bool{}
		}
		had := tasks[member][task]
		tasks[member][task] = true
		return !had
	}
	for _, c := range handed {
		if w := work[c.Member]; c.Counts() && c.Day >= since[c.Member] && first(c.Member, c.Task) {
			w.Passed++
			work[c.Member] = w
		}
	}
	for e, err := range f.Checkins.Entries(ctx, By("homework").In(who...)) {
		if err != nil {
			return nil, err
		}
		_, member, _ := strings.Cut(e.Fields["homework"].(string), ":")
		if w := work[member]; domain.Day(e.Fields["day"].(string)) >= since[member] && first(member, e.Fields["task"].(string)) {
			w.Waiting++
			work[member] = w
		}
	}
	return work, nil
}

// Unsettled implements pool.Evidence.
func (f PoolEvidence) Unsettled(ctx context.Context, camp string, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return f.Checkins.Find(ctx, By("unsettled").Equal(camp), page)
}

// OfMember implements pool.Evidence.
func (f PoolEvidence) OfMember(ctx context.Context, camp, member string, page domain.Page) ([]checkin.Checkin, domain.Cursor, error) {
	return f.Checkins.OfMember(ctx, camp, member, page)
}

// Handed implements pool.Evidence.
func (f PoolEvidence) Handed(ctx context.Context, camp string) iter.Seq2[checkin.Checkin, error] {
	return f.Checkins.Each(ctx, By("member").Equal(camp))
}

var (
	_ pool.Store       = Pools{}
	_ pool.MemberStore = PoolMembers{}
	_ pool.SheetStore  = PoolSheets{}
	_ pool.Evidence    = PoolEvidence{}
	_ pool.Orders      = Orders{}
)
