// Package member is the person: who they are to WeChat, how they present themselves, what staff roles they hold.
package member

import (
	"strings"
	"time"

	"yingdi/domain"
)

// Member is a person: a learner, a teacher, an admin, or all of these.
type Member struct {
	domain.Doc
	OpenIDHash  string           `json:"openid_hash,omitempty"`  // look-up; empty for an admin without WeChat
	OpenID      string           `json:"openid,omitempty"`       // sealed
	UnionIDHash string           `json:"unionid_hash,omitempty"` // look-up
	SessionKey  string           `json:"session_key,omitempty"`  // sealed
	PhoneHash   string           `json:"phone_hash,omitempty"`   // look-up
	Phone       string           `json:"phone,omitempty"`        // sealed
	Nickname    string           `json:"nickname"`
	Avatar      string           `json:"avatar,omitempty"` // media id
	Wish        Wish             `json:"wish,omitzero"`    // a nickname that waits for a person's word
	Looks       int              `json:"looks,omitempty"`  // counts changes of nickname and avatar
	State       State            `json:"state"`
	Grants      []domain.Grant   `json:"grants,omitempty"` // platform roles, and a copy of what the organisers gave
	Heard       map[string]int64 `json:"heard,omitempty"`  // by organiser: the revision that the grants are a copy of
	Epoch       int              `json:"epoch"`            // sessions of an earlier epoch are void: sign-out everywhere
	JoinedAt    time.Time        `json:"joined_at"`
	SeenAt      time.Time        `json:"seen_at"` // last log-in
}

// State of a person.
type State string

// The states. A blocked or deleted person cannot sign in, and their sessions are void.
const (
	Active  State = "active"
	Blocked State = "blocked"
	Deleted State = "deleted"
)

// EventAvatar says that the person has another avatar: the new picture is to be kept, the old one let go.
const EventAvatar = "member:avatar"

// AvatarChanged is the data of EventAvatar.
type AvatarChanged struct {
	Old string `json:"old"` // media id, may be empty
}

// What the sealer is told these values are for.
const (
	PurposeOpenID     = "member.openid"
	PurposeUnionID    = "member.unionid"
	PurposeSessionKey = "member.session_key"
	PurposePhone      = "member.phone"
)

// The refusals of this feature.
var (
	ErrBlocked    = domain.Refusal(domain.KindForbidden, "member_blocked", "账号已停用，如有疑问请联系客服")
	ErrPhoneTaken = domain.Refusal(domain.KindConflict, "phone_taken", "这个手机号已绑定其他账号")
	ErrNickname   = domain.Refusal(domain.KindInvalid, "nickname_refused", "这个昵称不合适，请换一个").On("nickname")
	ErrAvatar     = domain.Refusal(domain.KindInvalid, "avatar_refused", "头像无法使用，请换一张图片").On("avatar")
)

// MayEnter returns ErrBlocked unless the person may sign in.
func (m Member) MayEnter() error {
	if m.State != Active {
		return ErrBlocked
	}
	return nil
}

// Profile is what a person may say about themselves. Nil leaves a value as it is.
type Profile struct {
	Nickname *string
	Avatar   *string // media id of a picture of their own
}

// Check bounds the profile.
func (p Profile) Check() error {
	var check domain.Check
	if p.Nickname != nil {
		check.Line("nickname", "昵称", *p.Nickname, 1, 30)
	}
	check.That(p.Avatar == nil || domain.ValidID(*p.Avatar), "avatar", "头像无效")
	check.That(p.Nickname != nil || p.Avatar != nil, "nickname", "请填写要修改的内容")
	return check.Err()
}

// Card is what others see of a person.
type Card struct {
	ID       string
	Nickname string
	Avatar   string // media id, may be empty
}

// Called reports whether the nickname holds these words, in whatever case, or they are the id.
func (c Card) Called(words string) bool {
	return strings.Contains(strings.ToLower(c.Nickname), strings.ToLower(words)) || c.ID == words
}

// Card of the person; of a deleted one nothing but the id remains.
func (m Member) Card() Card {
	if m.State == Deleted {
		return Card{ID: m.ID, Nickname: "已注销用户"}
	}
	return Card{ID: m.ID, Nickname: m.Nickname, Avatar: m.Avatar}
}

// MaskPhone keeps the first three and the last four digits.
func MaskPhone(phone string) string {
	if len(phone) < 8 {
		return "****"
	}
	return phone[:len(phone)-8] + "****" + phone[len(phone)-4:]
}
