package coupon

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"yingdi/domain"
)

// Batch is a number of codes made at once, each good for one coupon. The codes themselves are nowhere: they follow from the
// batch's id, their numbers and the deployment's secret, and are written out again for each export.
type Batch struct {
	domain.Doc
	Template  string    `json:"template"`
	Organiser string    `json:"organiser"`
	Note      string    `json:"note"` // what the codes are for
	Size      int       `json:"size"`
	Made      int       `json:"made"` // of them, 1 … Made exist
	At        time.Time `json:"at"`
	By        string    `json:"by"`
	VoidAt    time.Time `json:"void_at,omitzero"` // from when on no code of it is taken
	VoidBy    string    `json:"void_by,omitempty"`
}

// Code is one code of a batch; its id is the look-up hash of the code.
type Code struct {
	domain.Doc
	Batch    string    `json:"batch"`
	Template string    `json:"template"`
	N        int       `json:"n"`
	Member   string    `json:"member,omitempty"` // who has taken it
	Coupon   string    `json:"coupon,omitempty"` // that it became
	TakenAt  time.Time `json:"taken_at,omitzero"`
}

// MaxBatch is how many codes one batch has at most.
const MaxBatch = 5000

// codeLength in characters, of 5 bits each: 50 bits that nobody guesses through a limited door.
const codeLength = 10

const codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// The refusals of codes.
var (
	ErrCode     = domain.Refusal(domain.KindNotFound, "coupon_code_unknown", "兑换码不对，请检查有没有输错")
	ErrCodeUsed = domain.Refusal(domain.KindConflict, "coupon_code_used", "这个兑换码已经用过了")
	ErrCodeVoid = domain.Refusal(domain.KindConflict, "coupon_code_void", "这批兑换码已经作废")
)

// Sealer makes the hashes that codes are made of and found by; domain.Sealer is one.
type Sealer interface {
	Hash(purpose, value string) string
}

// codeOf the nth code of a batch, such as 7QK3M-0XV9T.
func codeOf(s Sealer, batch string, n int) string {
	raw, err := hex.DecodeString(s.Hash("coupon.code", batch+":"+strconv.Itoa(n)))
	if err != nil {
		panic("coupon: a hash that is no hex: " + err.Error())
	}
	var code strings.Builder
	for i := range codeLength {
		if i == codeLength/2 {
			code.WriteByte('-')
		}
		code.WriteByte(codeAlphabet[raw[i]%32])
	}
	return code.String()
}

// readCode is what a person typed, as codes are written; false if it can be none.
func readCode(typed string) (string, bool) {
	typed = strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(strings.TrimSpace(typed)))
	if len(typed) != codeLength || strings.Trim(typed, codeAlphabet) != "" {
		return "", false
	}
	return typed[:codeLength/2] + "-" + typed[codeLength/2:], true
}

func codeID(s Sealer, code string) string { return s.Hash("coupon.lookup", code) }

// take gives the code to somebody for the coupon that it is to become; again gives it to nobody else.
func (c *Code) take(member, coupon string, now time.Time) error {
	switch {
	case c.Member == "":
	case c.Member != member:
		return ErrCodeUsed
	case c.Coupon == coupon:
		return domain.ErrSame
	}
	c.Member, c.Coupon, c.TakenAt = member, coupon, now
	return nil
}

// letGo takes back what became no coupon.
func (c *Code) letGo(coupon string) error {
	if c.Coupon != coupon {
		return domain.ErrSame
	}
	c.Member, c.Coupon, c.TakenAt = "", "", time.Time{}
	return nil
}

// BatchForm is what staff say about new codes.
type BatchForm struct {
	Key  string // chosen once by the client, so that a repeated click makes one batch
	Size int
	Note string
}

// Check bounds the form.
func (f BatchForm) Check() error {
	var check domain.Check
	check.That(plain(f.Key), "key", "页面已过期，请刷新后再试")
	check.Range("size", "数量", f.Size, 1, MaxBatch)
	check.Line("note", "用途", f.Note, 1, 30)
	return check.Err()
}

// plain reports whether an id from outside can be a part of a natural one.
func plain(id string) bool { return domain.ValidID(id) && len(id) <= 40 && !strings.Contains(id, ":") }

// made notes that the codes up to n exist.
func (b *Batch) made(n int) error {
	if n <= b.Made {
		return domain.ErrSame
	}
	if n > b.Size {
		return fmt.Errorf("code %d of %d: %w", n, b.Size, domain.ErrInvalid)
	}
	b.Made = n
	return nil
}

func (b *Batch) void(by string, now time.Time) error {
	if !b.VoidAt.IsZero() {
		return domain.ErrSame
	}
	b.VoidAt, b.VoidBy = now, by
	return nil
}
