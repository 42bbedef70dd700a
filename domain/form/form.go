// Package form is what a camp asks at enrolment: a form that staff build, in versions, with the words that the learner
// agrees to. What learners answer is personal: it is sealed, and shown in full to those alone who may see it.
package form

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"yingdi/domain"
)

// Form is what a camp asks now; its id is the camp's. Without a field it asks nothing.
type Form struct {
	domain.Doc
	Organiser string  `json:"organiser"`
	Current   Version `json:"current"`
}

// Version is a form as it stood between two changes. It never changes; its id, once another followed, is camp:number.
type Version struct {
	domain.Doc
	Number    int       `json:"number"` // 1, 2, …; 0 while there is none
	Fields    []Field   `json:"fields"`
	Consent   string    `json:"consent,omitempty"`    // what the learner agrees to; empty: nothing
	ConsentNo int       `json:"consent_no,omitempty"` // the version that first had these words
	SavedAt   time.Time `json:"saved_at"`
	SavedBy   string    `json:"saved_by"`
}

// Field is one question. Its id stays the same from version to version.
type Field struct {
	ID       string   `json:"id"`
	Type     Type     `json:"type"`
	Label    string   `json:"label"`
	Required bool     `json:"required,omitempty"`
	Options  []string `json:"options,omitempty"` // of a choice
}

// Type of a field.
type Type string

// The types.
const (
	Text     Type = "text"
	Long     Type = "long"
	Single   Type = "single"
	Multiple Type = "multiple"
	Number   Type = "number"
	Date     Type = "date"
	Phone    Type = "phone"
	City     Type = "city"
)

// Types in the order in which staff choose among them.
var Types = []Type{Text, Long, Single, Multiple, Number, Date, Phone, City}

// Limits, in characters where they are of texts.
const (
	MaxFields  = 30
	MaxOptions = 20
	MaxLabel   = 60
	MaxOption  = 40
	MaxText    = 100
	MaxLong    = 1000
	MaxConsent = 3000
)

// The refusals of this feature.
var (
	ErrChanged = domain.Refusal(domain.KindConflict, "form_changed", "报名表刚被修改过，请重新填写")
	ErrEdited  = domain.Refusal(domain.KindConflict, "form_edited", "报名表刚被别人修改过，请刷新后再改")
	ErrConsent = domain.Refusal(domain.KindInvalid, "consent_missing", "请先阅读并同意个人信息说明").On("consent")
)

// Choice reports whether the type has options.
func (t Type) Choice() bool { return t == Single || t == Multiple }

// VersionID of a version of a camp's form.
func VersionID(camp string, number int) string { return domain.Key(camp, strconv.Itoa(number)) }

// Asks reports whether there is anything to answer or to agree to.
func (v Version) Asks() bool { return len(v.Fields) > 0 || v.Consent != "" }

// Draft is a form as staff want it.
type Draft struct {
	Fields  []Field
	Consent string
}

var fieldID = regexp.MustCompile(`^f[0-9]{1,4}$`)

// Check bounds the draft. Fields are named fields[0].label and so on.
func (d Draft) Check() error {
	var check domain.Check
	check.That(len(d.Fields) <= MaxFields, "fields", "最多 30 个问题")
	check.Text("consent", "个人信息说明", d.Consent, 0, MaxConsent)
	var ids, labels []string
	for i, f := range d.Fields {
		at := func(name string) string { return fmt.Sprintf("fields[%d].%s", i, name) }
		check.That(fieldID.MatchString(f.ID) && !slices.Contains(ids, f.ID), at("id"), "问题编号无效")
		check.That(slices.Contains(Types, f.Type), at("type"), "请选择问题类型")
		check.Line(at("label"), "问题", f.Label, 1, MaxLabel)
		check.That(!slices.Contains(labels, f.Label), at("label"), "有两个问题一样")
		ids, labels = append(ids, f.ID), append(labels, f.Label)
		if !f.Type.Choice() {
			check.That(len(f.Options) == 0, at("options"), "这种问题没有选项")
			continue
		}
		check.That(2 <= len(f.Options) && len(f.Options) <= MaxOptions, at("options"), "选项应有 2 到 20 个，一行一个")
		for j, option := range f.Options {
			check.Line(at("options"), "选项", option, 1, MaxOption)
			check.That(!slices.Contains(f.Options[:j], option), at("options"), "选项不能重复")
		}
	}
	return check.Err()
}

// NextID is an id that no field of these has.
func NextID(fields []Field) string {
	most := 0
	for _, f := range fields {
		n, _ := strconv.Atoi(strings.TrimPrefix(f.ID, "f"))
		most = max(most, n)
	}
	return fmt.Sprint("f", most+1)
}

// Save makes the draft the current version. based is the number of the version that the editor saw.
func (f *Form) Save(d Draft, based int, by string, now time.Time) error {
	was := f.Current
	switch {
	case was.Number != based:
		return ErrEdited
	case was.Consent == d.Consent && slices.EqualFunc(was.Fields, d.Fields, Field.Equal):
		return domain.ErrSame
	}
	next := Version{Number: was.Number + 1, Fields: d.Fields, Consent: d.Consent, ConsentNo: was.ConsentNo, SavedAt: now, SavedBy: by}
	if d.Consent != was.Consent {
		next.ConsentNo = next.Number
	}
	if d.Consent == "" {
		next.ConsentNo = 0
	}
	f.Current = next
	return nil
}

// Equal reports whether two fields ask the same in the same words.
func (f Field) Equal(b Field) bool {
	return f.ID == b.ID && f.Type == b.Type && f.Label == b.Label && f.Required == b.Required && slices.Equal(f.Options, b.Options)
}
