// Package privacy is what people may ask of us about their own data: what they agreed to, a copy of everything, and to
// be forgotten.
package privacy

import (
	"context"
	"errors"
	"regexp"
	"time"

	"yingdi/domain"
)

// Policy is the privacy policy that people are asked to agree to. Without a version there is none, and nothing is asked.
type Policy struct {
	Version string
	URL     string
}

// Consent says that somebody agreed to a version. Its id is member:version. It outlives the account: it is the record
// that there was a consent.
type Consent struct {
	domain.Doc
	Member  string    `json:"member"`
	Version string    `json:"version"`
	At      time.Time `json:"at"`
}

// The refusals of this feature.
var (
	ErrConsent  = domain.Refusal(domain.KindForbidden, "consent_required", "请先阅读并同意隐私政策")
	ErrVersion  = domain.Refusal(domain.KindConflict, "policy_changed", "隐私政策已更新，请重新阅读")
	ErrStaff    = domain.Refusal(domain.KindConflict, "still_staff", "你还是机构的工作人员，请先请负责人移除你的角色，再注销账号")
	ErrUnderWay = domain.Refusal(domain.KindConflict, "deletion_under_way", "注销已经开始，不能再取消")
	ErrNoWish   = domain.Refusal(domain.KindConflict, "no_deletion", "没有可以取消的注销申请")
)

// ValidVersion reports whether a version can be one.
func ValidVersion(v string) bool { return goodVersion.MatchString(v) }

var goodVersion = regexp.MustCompile(`^[0-9A-Za-z_.-]{1,32}$`)

// ConsentStore keeps consents.
type ConsentStore interface {
	domain.Documents[Consent]
}

// Agree notes that the acting person agrees to the policy as it is now. Again changes nothing. Returns ErrVersion if it
// is another by now.
func (s *Service) Agree(ctx context.Context, version string) (Consent, error) {
	actor := domain.ActorFrom(ctx)
	if err := actor.MustBeMember(); err != nil {
		return Consent{}, err
	}
	if s.Policy.Version == "" || version != s.Policy.Version {
		return Consent{}, ErrVersion
	}
	given := Consent{Doc: domain.Doc{ID: domain.Key(actor.Member, version)}, Member: actor.Member, Version: version, At: s.Clock.Now()}
	err := s.Consents.Insert(ctx, given)
	if errors.Is(err, domain.ErrExists) {
		return s.Consents.Get(ctx, given.ID)
	}
	return given, err
}

// Agreed returns what the acting person agreed to of the policy as it is now; the zero Consent if nothing.
func (s *Service) Agreed(ctx context.Context) (Consent, error) {
	actor := domain.ActorFrom(ctx)
	if s.Policy.Version == "" || actor.Member == "" {
		return Consent{}, nil
	}
	given, err := s.Consents.Get(ctx, domain.Key(actor.Member, s.Policy.Version))
	if errors.Is(err, domain.ErrNotFound) {
		return Consent{}, nil
	}
	return given, err
}

// Require returns ErrConsent unless the acting person has agreed to the policy as it is now, or there is none.
func (s *Service) Require(ctx context.Context) error {
	if s.Policy.Version == "" {
		return nil
	}
	given, err := s.Agreed(ctx)
	if err == nil && given.ID == "" {
		err = ErrConsent
	}
	return err
}
