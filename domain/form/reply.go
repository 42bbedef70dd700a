package form

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"yingdi/domain"
	"yingdi/domain/member"
)

// Given is what somebody sends with their enrolment.
type Given struct {
	Version int // of the form that they were shown; 0 if they were shown none
	Consent int // number of the consent that they agreed to; 0 if none
	Answers []Answer
}

// Answer is what somebody says to one field: one value, or several for a multiple choice.
type Answer struct {
	Field  string   `json:"field"`
	Values []string `json:"values"`
}

// Reply is what an enrolment keeps: the version it was given to, and the answers, sealed.
type Reply struct {
	Version int       `json:"version"`
	Consent int       `json:"consent,omitempty"`
	Sealed  string    `json:"sealed"`
	At      time.Time `json:"at"`
}

// Asked says that answers were given to a version, with the labels of then; Values are masked if Masked.
type Asked struct {
	Field
	Values []string
	Masked bool
}

var (
	chinesePhone = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
	otherPhone   = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

// Check refuses answers that do not fit the version; an input at fault is named answers.f1. It returns the answers in the
// order of the fields, without empty ones.
func (v Version) Check(g Given) ([]Answer, error) {
	if g.Version != v.Number && (v.Asks() || g.Version != 0 || len(g.Answers) > 0) {
		return nil, ErrChanged
	}
	if v.Consent != "" && g.Consent != v.ConsentNo {
		return nil, ErrConsent
	}
	var check domain.Check
	given := map[string][]string{}
	for _, a := range g.Answers {
		known := slices.ContainsFunc(v.Fields, func(f Field) bool { return f.ID == a.Field })
		_, twice := given[a.Field]
		check.That(known && !twice, "answers", "有的回答没有对应的问题")
		given[a.Field] = a.Values
	}
	var answers []Answer
	for _, f := range v.Fields {
		values := filled(given[f.ID])
		name := "answers." + f.ID
		if len(values) == 0 {
			check.That(!f.Required, name, "“"+f.Label+"”是必填的")
			continue
		}
		if f.Type != Multiple && len(values) > 1 {
			check.That(false, name, "“"+f.Label+"”只能有一个回答")
			continue
		}
		f.check(&check, name, values)
		answers = append(answers, Answer{f.ID, values})
	}
	return answers, check.Err()
}

func filled(values []string) []string {
	var kept []string
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" {
			kept = append(kept, v)
		}
	}
	return kept
}

func (f Field) check(check *domain.Check, name string, values []string) {
	label, value := "“"+f.Label+"”", values[0]
	switch f.Type {
	case Text, City:
		check.Line(name, label, value, 1, MaxText)
	case Long:
		check.Text(name, label, value, 1, MaxLong)
	case Number:
		n, err := strconv.ParseFloat(value, 64)
		check.That(err == nil && len(value) <= 20 && !math.IsInf(n, 0) && !math.IsNaN(n) && !strings.ContainsAny(value, "xXpP_"), name, label+"应为数字")
	case Date:
		check.That(domain.Day(value).Valid(), name, label+"应为日期，例如 2026-03-01")
	case Phone:
		check.That(chinesePhone.MatchString(value) || otherPhone.MatchString(value), name, label+"应为手机号")
	case Single, Multiple:
		for i, option := range values {
			check.That(slices.Contains(f.Options, option) && !slices.Contains(values[:i], option), name, label+"的选项无效")
		}
	}
}

// Show joins answers with the version that they were given to. Unless all may be seen, they are masked: of a phone number
// the ends remain, of everything else nothing.
func (v Version) Show(answers []Answer, all bool) []Asked {
	list := make([]Asked, len(v.Fields))
	for i, f := range v.Fields {
		list[i] = Asked{Field: f}
		for _, a := range answers {
			if a.Field == f.ID {
				list[i].Values, list[i].Masked = slices.Clone(a.Values), !all
			}
		}
		if list[i].Masked {
			for j, value := range list[i].Values {
				list[i].Values[j] = mask(f.Type, value)
			}
		}
	}
	return list
}

func mask(t Type, value string) string {
	if t == Phone {
		return member.MaskPhone(value)
	}
	return "****"
}

// purpose binds a sealed reply to its enrolment.
func purpose(enrolment string) string { return "form.reply:" + enrolment }

func seal(s *domain.Sealer, enrolment string, answers []Answer) (string, error) {
	raw, err := json.Marshal(answers)
	return s.Seal(purpose(enrolment), string(raw)), err
}

func open(s *domain.Sealer, enrolment, sealed string) (answers []Answer, err error) {
	plain, err := s.Open(purpose(enrolment), sealed)
	if err != nil {
		return nil, fmt.Errorf("reply of enrolment %s: %w", enrolment, err)
	}
	return answers, json.Unmarshal([]byte(plain), &answers)
}

// Seal is the place of answers that are sealed for an enrolment, or for whatever else they were given to.
func Seal(enrolment string, answers *string) domain.Sealed {
	return domain.Sealed{Purpose: purpose(enrolment), Value: answers}
}
