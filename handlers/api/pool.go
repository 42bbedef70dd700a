package api

import (
	"context"
	"time"

	"yingdi/domain"
	"yingdi/domain/pool"
)

// Pool is a camp's scholarship pool.
type Pool struct {
	State     string     `json:"state" enum:"open,locked,closing,computed,approved,paying,settled,cancelled"`
	Rules     int        `json:"rules" doc:"Version of the rules"`
	Days      int        `json:"days" doc:"Scheduled days that it takes to qualify"`
	Of        int        `json:"of" doc:"Scheduled days that there are"`
	MakeUps   int        `json:"make_ups" doc:"Made-up days among them that count at most"`
	Homework  int        `json:"homework" doc:"Homework tasks that it takes; 0 for none"`
	Sentences []string   `json:"sentences" nullable:"false" doc:"The rules in words; show all of them before paying"`
	Example   string     `json:"example" doc:"A worked example in words"`
	LockAt    time.Time  `json:"lock_at" doc:"Until when all of the part comes back"`
	EndAt     time.Time  `json:"end_at" doc:"From here on one can appeal"`
	AppealBy  time.Time  `json:"appeal_by"`
	DecideBy  time.Time  `json:"decide_by" doc:"What is open then counts for the learner"`
	Members   int        `json:"members" doc:"Whose part is in, as last counted"`
	Amount    domain.Fen `json:"amount" doc:"In fen, the sum of their parts, as last counted"`
	Agreed    bool       `json:"agreed" doc:"I have agreed to this version"`
	Mine      *PoolPart  `json:"mine" doc:"My part in it"`
}

// PoolPart is somebody's part in a pool.
type PoolPart struct {
	State     string     `json:"state" enum:"in,qualified,failed,quit,disqualified,withdrawn"`
	Part      domain.Fen `json:"part" doc:"In fen"`
	Own       domain.Fen `json:"own" doc:"In fen, of the own part, that comes back; once there is a result"`
	OwnState  string     `json:"own_state" enum:"due,paying,waiting_user_confirm,expired,paid,failed,unclaimed," doc:"Of the refund"`
	Gain      domain.Fen `json:"gain" doc:"In fen, that comes on top"`
	GainState string     `json:"gain_state" enum:"due,paying,waiting_user_confirm,expired,paid,failed,unclaimed," doc:"Of the transfer; one that waits or has expired is among my transfers"`
	Note      string     `json:"note" doc:"Why it is stuck, if it is"`
}

func poolPartOf(m pool.Member) *PoolPart {
	p := &PoolPart{
		State: string(m.State), Part: m.Part, Own: m.Own.Amount, OwnState: string(m.Own.State), Gain: m.Gain.Amount, GainState: string(m.Gain.State),
		Note: m.Gain.Note,
	}
	if p.Note == "" {
		p.Note = m.Own.Note
	}
	return p
}

func (a *api) pool(ctx context.Context, in *CampPath) (*Answer[Pool], error) {
	s, err := a.Pools.Show(ctx, in.Camp)
	if err != nil {
		return nil, err
	}
	r, p := s.Pool.Rules, s.Pool
	v := Pool{
		State: string(p.State), Rules: r.Version, Days: r.Days, Of: r.Of, MakeUps: r.MakeUps, Homework: r.Homework, Sentences: s.Sentences,
		Example: s.Example, LockAt: s.Dates.LockAt, EndAt: s.Dates.EndAt, AppealBy: s.Dates.AppealBy, DecideBy: s.Dates.DecideBy,
		Members: p.Totals.Members, Amount: p.Totals.Pool, Agreed: s.Consent != nil && s.Consent.Rules == r.Version,
	}
	if s.Member != nil {
		v.Mine = poolPartOf(*s.Member)
	}
	return answer(v), nil
}

type consentInput struct {
	CampPath
	Body struct {
		Rules int  `json:"rules" minimum:"1" maximum:"1000000" doc:"The version that was shown"`
		Adult bool `json:"adult" doc:"I am at least 18 years old"`
	}
}

// PoolConsent is my word that I have read the rules and am of age.
type PoolConsent struct {
	Rules int       `json:"rules"`
	At    time.Time `json:"at"`
}

func (a *api) agreePool(ctx context.Context, in *consentInput) (*Answer[PoolConsent], error) {
	c, err := a.Pools.Agree(ctx, in.Camp, in.Body.Rules, in.Body.Adult)
	return answer(PoolConsent{c.Rules, c.At}), err
}

// PoolEvidence is why I qualify, or do not.
type PoolEvidence struct {
	Stage     string    `json:"stage" enum:"open,locked,closing,computed,approved,paying,settled,cancelled"`
	Part      *PoolPart `json:"part"`
	Qualified bool      `json:"qualified" doc:"By what is stored now or, once there is a list, by the list"`
	Needed    int       `json:"needed" doc:"Days that it takes"`
	Done      int       `json:"done" doc:"Days that count"`
	MadeUp    int       `json:"made_up" doc:"Of these, made up"`
	Homework  int       `json:"homework" doc:"Homework tasks that count"`
	Sentence  string    `json:"sentence" doc:"What is missing, or what I get"`
	AppealBy  time.Time `json:"appeal_by"`
	Days      []PoolDay `json:"days" nullable:"false" doc:"Each scheduled day, in order"`
}

// PoolDay is how one scheduled day stands.
type PoolDay struct {
	Day    domain.Day  `json:"day"`
	State  string      `json:"state" enum:"done,made_up,made_up_over,granted,pending,rejected,deleted,missed,before,today,future"`
	Counts bool        `json:"counts"`
	Why    string      `json:"why" doc:"In words"`
	May    bool        `json:"may_appeal"`
	Appeal *PoolAppeal `json:"appeal"`
}

// PoolAppeal is my word that a day should count, and the answer.
type PoolAppeal struct {
	Text   string     `json:"text"`
	State  string     `json:"state" enum:"open,granted,refused"`
	Answer string     `json:"answer"`
	At     time.Time  `json:"at"`
	DoneAt *time.Time `json:"done_at"`
}

func evidenceOf(e pool.Evidenced) PoolEvidence {
	v := PoolEvidence{
		Stage: string(e.Pool.State), Part: poolPartOf(e.Member), Qualified: e.Verdict.Qualified, Needed: e.Verdict.Needed, Done: e.Verdict.Done,
		MadeUp: e.Verdict.MadeUp, Homework: e.Verdict.Homework, Sentence: e.Sum, AppealBy: e.Dates.AppealBy, Days: []PoolDay{},
	}
	for _, r := range e.Rows {
		day := PoolDay{Day: r.Day, State: string(r.State), Counts: r.Counts, Why: r.Why, May: r.May}
		if r.Appeal != nil {
			day.Appeal = &PoolAppeal{r.Appeal.Text, string(r.Appeal.State), r.Appeal.Answer, r.Appeal.At, moment(r.Appeal.DoneAt)}
		}
		v.Days = append(v.Days, day)
	}
	return v
}

func (a *api) poolEvidence(ctx context.Context, in *CampPath) (*Answer[PoolEvidence], error) {
	e, err := a.Pools.Mine(ctx, in.Camp)
	if err != nil {
		return nil, err
	}
	return answer(evidenceOf(e)), nil
}

type appealInput struct {
	CampPath
	Body struct {
		Day  string `json:"day" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" patternDescription:"day"`
		Text string `json:"text" maxLength:"300" doc:"Why it should count"`
	}
}

func (a *api) appealPool(ctx context.Context, in *appealInput) (*Answer[PoolEvidence], error) {
	e, err := a.Pools.Appeal(ctx, in.Camp, domain.Day(in.Body.Day), in.Body.Text)
	if err != nil {
		return nil, err
	}
	return answer(evidenceOf(e)), nil
}
