package moderation

import (
	"context"
	"errors"
	"slices"
	"time"

	"yingdi/domain"
)

// Report is one person's complaint about one thing. Its id is the case's and the reporter's, so that a second tap is the
// first one again. Who reported is shown to nobody.
type Report struct {
	domain.Doc
	Case     string    `json:"case"`
	Kind     Kind      `json:"kind"`
	Target   string    `json:"target"`
	Reporter string    `json:"reporter"`
	Reason   Reason    `json:"reason"`
	Text     string    `json:"text,omitempty"`
	At       time.Time `json:"at"`
}

// Reason for a report.
type Reason string

// The reasons.
const (
	Spam    Reason = "spam"
	Abuse   Reason = "abuse"
	Sexual  Reason = "sexual"
	Illegal Reason = "illegal"
	Privacy Reason = "privacy"
	Copied  Reason = "copied"
	Other   Reason = "other"
)

// Reasons lists them with what people read, in the order in which they are offered.
var Reasons = []struct {
	Reason Reason
	Name   string
}{
	{Spam, "广告或骚扰"}, {Abuse, "辱骂、人身攻击"}, {Sexual, "色情低俗"}, {Illegal, "违法违规"}, {Privacy, "泄露他人隐私"},
	{Copied, "抄袭或盗用"}, {Other, "其他"},
}

// ReportForm is what a reporter says.
type ReportForm struct {
	Reason Reason
	Text   string
}

// Check bounds the form.
func (f ReportForm) Check() error {
	var check domain.Check
	known := false
	for _, r := range Reasons {
		known = known || r.Reason == f.Reason
	}
	check.That(known, "reason", "请选择举报原因")
	check.Text("text", "补充说明", f.Text, 0, MaxReport)
	check.That(f.Reason != Other || f.Text != "", "text", "请说明是什么问题")
	return check.Err()
}

// Reporter is what one person reported today; its id is the member's.
type Reporter struct {
	domain.Doc
	Day   domain.Day `json:"day"`
	Cases []string   `json:"cases"`
}

// spend counts one report of a day; the same one again counts nothing.
func (r *Reporter) spend(day domain.Day, caseID string) error {
	if r.Day != day {
		r.Day, r.Cases = day, nil
	}
	switch {
	case slices.Contains(r.Cases, caseID):
		return domain.ErrSame
	case len(r.Cases) >= ReportsPerDay:
		return ErrTooMany
	}
	r.Cases = append(r.Cases, caseID)
	return nil
}

// home is the clock by which a reporter's day is counted: that of WeChat's own country.
var home = domain.Calendar{Zone: "Asia/Shanghai"}

// Report notes that the acting person finds something wrong with what somebody else shows. Again changes nothing; fresh
// tells which it was. Returns domain.ErrNotFound for what they cannot see, ErrOwn and ErrTooMany.
func (s *Service) Report(ctx context.Context, k Kind, target string, f ReportForm) (fresh bool, err error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return false, err
	}
	reportable := map[Kind]func(context.Context, string) (string, error){Checkin: s.Checkins.Reportable, Comment: s.Checkins.ReportableComment}[k]
	if reportable == nil {
		return false, domain.ErrNotFound
	}
	author, err := reportable(ctx, target)
	if err != nil {
		return false, err
	}
	if err := f.Check(); err != nil {
		return false, err
	}
	if author == actor.Member {
		return false, ErrOwn
	}
	now := s.Clock.Now()
	r := Report{
		Doc: domain.Doc{ID: ID(k, target) + ":" + actor.Member}, Case: ID(k, target), Kind: k, Target: target,
		Reporter: actor.Member, Reason: f.Reason, Text: f.Text, At: now,
	}
	if err := s.spend(ctx, actor.Member, home.Day(now), r.Case); err != nil {
		return false, err
	}
	r.Emit(EventReported, now, nil)
	err = s.Reports.Insert(ctx, r)
	if errors.Is(err, domain.ErrExists) {
		return false, nil
	}
	return err == nil, err
}

func (s *Service) spend(ctx context.Context, member string, day domain.Day, caseID string) error {
	change := func(r *Reporter) error { return r.spend(day, caseID) }
	_, err := s.Reporters.Update(ctx, member, change)
	if !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	fresh := Reporter{Doc: domain.Doc{ID: member}}
	if err := change(&fresh); err != nil {
		return err
	}
	if err = s.Reporters.Insert(ctx, fresh); errors.Is(err, domain.ErrExists) {
		_, err = s.Reporters.Update(ctx, member, change)
	}
	return err
}

// Heard brings a report before the staff. For jobs, after EventReported.
func (s *Service) Heard(ctx context.Context, reportID string) error {
	r, err := s.Reports.Get(ctx, reportID)
	if err != nil {
		return err
	}
	return s.raise(ctx, r.Kind, r.Target, func(c *Case) error { return c.hear(r, s.Clock.Now()) })
}

// Forget takes out of a report what the reporter said; that somebody reported stays.
func (r *Report) Forget() error {
	if r.Text == "" {
		return domain.ErrSame
	}
	r.Text = ""
	return nil
}
