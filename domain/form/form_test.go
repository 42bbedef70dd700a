package form_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/form"
)

type camps struct{}

func (camps) Get(context.Context, string) (camp.Camp, error) {
	return camp.Camp{Doc: domain.Doc{ID: "c1"}, Organiser: "o1"}, nil
}

func (c camps) ForStaff(ctx context.Context, id string, right domain.Right) (camp.Camp, error) {
	in, _ := c.Get(ctx, id)
	return in, domain.ActorFrom(ctx).Must(right, in.Place())
}

func newService(power *domaintest.Power) *form.Service {
	return &form.Service{
		Store: domaintest.NewStore[form.Form](power), Versions: domaintest.NewStore[form.Version](power), Camps: camps{},
		Sealer: domaintest.Sealer(), Clock: domaintest.NewClock("2026-03-01T01:00:00Z"),
	}
}

func teacher(t testing.TB) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: "teacher", Grants: []domain.Grant{{Scope: domain.ScopeCamp, ID: "c1", Organiser: "o1", Role: domain.RoleTeacher}}})
}

func every() []form.Field {
	var fields []form.Field
	for i, kind := range form.Types {
		f := form.Field{ID: fmt.Sprint("f", i+1), Type: kind, Label: string(kind)}
		if kind.Choice() {
			f.Options = []string{"甲", "乙", "丙"}
		}
		fields = append(fields, f)
	}
	return fields
}

func TestWhatEachTypeTakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind      form.Type
		good, bad []string
	}{
		{form.Text, []string{"小满", "=1+1"}, []string{"两\n行", strings.Repeat("长", 101), "\x00"}},
		{form.Long, []string{"两\n行", strings.Repeat("长", 1000)}, []string{strings.Repeat("长", 1001)}},
		{form.Single, []string{"甲"}, []string{"丁"}},
		{form.Multiple, []string{"甲|丙"}, []string{"甲|丁", "甲|甲"}},
		{form.Number, []string{"3", "-2.5", "1e3"}, []string{"三", "NaN", "Inf", "0x10", "1_000", strings.Repeat("1", 21)}},
		{form.Date, []string{"2026-02-28"}, []string{"2026-02-29", "28/02/2026"}},
		{form.Phone, []string{"13800138000", "+85298765432"}, []string{"12800138000", "1380013800", "+1", "+86 138"}},
		{form.City, []string{"浙江 杭州"}, []string{strings.Repeat("长", 101)}},
	} {
		v := form.Version{Number: 1, Fields: every()}
		at := ""
		for _, f := range v.Fields {
			if f.Type == c.kind {
				at = f.ID
			}
		}
		check := func(value string) error {
			_, err := v.Check(form.Given{Version: 1, Answers: []form.Answer{{Field: at, Values: strings.Split(value, "|")}}})
			return err
		}
		for _, value := range c.good {
			if err := check(value); err != nil {
				t.Errorf("%s refuses %q: %v", c.kind, value, err)
			}
		}
		for _, value := range c.bad {
			if err := check(value); !errors.Is(err, domain.ErrInvalid) || !strings.Contains(err.Error(), "answers."+at) {
				t.Errorf("%s takes %q: %v", c.kind, value, err)
			}
		}
	}
}

func TestWhatDoesNotFitTheFormIsRefused(t *testing.T) {
	t.Parallel()
	v := form.Version{Number: 3, Consent: "好", ConsentNo: 2, Fields: []form.Field{{ID: "f1", Type: form.Text, Label: "名字", Required: true}}}
	said := func(field string, values ...string) []form.Answer {
		return []form.Answer{{Field: field, Values: values}}
	}
	for name, c := range map[string]struct {
		form  form.Version
		given form.Given
		want  error
	}{
		"as asked":                      {v, form.Given{Version: 3, Consent: 2, Answers: said("f1", " 小满 ")}, nil},
		"another version":               {v, form.Given{Version: 2, Consent: 2, Answers: said("f1", "小满")}, form.ErrChanged},
		"no consent":                    {v, form.Given{Version: 3, Answers: said("f1", "小满")}, form.ErrConsent},
		"consent to other words":        {v, form.Given{Version: 3, Consent: 1, Answers: said("f1", "小满")}, form.ErrConsent},
		"nothing said":                  {v, form.Given{Version: 3, Consent: 2}, domain.ErrInvalid},
		"only blanks":                   {v, form.Given{Version: 3, Consent: 2, Answers: said("f1", " ")}, domain.ErrInvalid},
		"two answers":                   {v, form.Given{Version: 3, Consent: 2, Answers: said("f1", "小满", "阿杰")}, domain.ErrInvalid},
		"one twice":                     {v, form.Given{Version: 3, Consent: 2, Answers: append(said("f1", "a"), said("f1", "b")...)}, domain.ErrInvalid},
		"what nobody asked":             {v, form.Given{Version: 3, Consent: 2, Answers: append(said("f1", "a"), said("f9", "b")...)}, domain.ErrInvalid},
		"no form, nothing said":         {form.Version{}, form.Given{}, nil},
		"no form, something said":       {form.Version{}, form.Given{Answers: said("f1", "a")}, domain.ErrInvalid},
		"a form since emptied, nothing": {form.Version{Number: 4}, form.Given{}, nil},
	} {
		if _, err := c.form.Check(c.given); !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestADraftIsBounded(t *testing.T) {
	t.Parallel()
	long := make([]form.Field, form.MaxFields+1)
	for i := range long {
		long[i] = form.Field{ID: fmt.Sprint("f", i), Type: form.Text, Label: fmt.Sprint(i)}
	}
	one := func(change func(*form.Field)) []form.Field {
		f := form.Field{ID: "f1", Type: form.Single, Label: "问", Options: []string{"甲", "乙"}}
		change(&f)
		return []form.Field{f}
	}
	for name, d := range map[string]form.Draft{
		"too many":          {Fields: long},
		"a long consent":    {Consent: strings.Repeat("长", form.MaxConsent+1)},
		"no label":          {Fields: one(func(f *form.Field) { f.Label = "" })},
		"a long label":      {Fields: one(func(f *form.Field) { f.Label = strings.Repeat("长", form.MaxLabel+1) })},
		"an unknown type":   {Fields: one(func(f *form.Field) { f.Type = "x" })},
		"a bad id":          {Fields: one(func(f *form.Field) { f.ID = "f1:x" })},
		"one option":        {Fields: one(func(f *form.Field) { f.Options = f.Options[:1] })},
		"an option twice":   {Fields: one(func(f *form.Field) { f.Options = []string{"甲", "甲"} })},
		"options of a text": {Fields: one(func(f *form.Field) { f.Type = form.Text })},
		"an id twice":       {Fields: append(one(func(*form.Field) {}), one(func(f *form.Field) { f.Label = "别的" })...)},
		"a label twice":     {Fields: append(one(func(*form.Field) {}), one(func(f *form.Field) { f.ID = "f2" })...)},
	} {
		if err := d.Check(); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (form.Draft{Fields: every(), Consent: "好"}).Check(); err != nil {
		t.Error(err)
	}
	if id := form.NextID(every()); id != "f9" {
		t.Error(id)
	}
}

func TestAnswersKeepTheVersionTheyWereGivenTo(t *testing.T) {
	t.Parallel()
	s, ctx := newService(&domaintest.Power{}), teacher(t)
	label := func(text string) form.Draft {
		return form.Draft{Consent: "好", Fields: []form.Field{{ID: "f1", Type: form.Phone, Label: text}}}
	}
	if _, err := s.Save(ctx, "c1", label("手机号"), 0); err != nil {
		t.Fatal(err)
	}
	reply, err := s.Reply(ctx, "c1", "c1:ann", form.Given{Version: 1, Consent: 1, Answers: []form.Answer{{Field: "f1", Values: []string{"13800138000"}}}})
	if err != nil || strings.Contains(fmt.Sprint(*reply), "13800138000") {
		t.Fatalf("%+v, %v", reply, err)
	}
	for i, text := range []string{"电话", "联系方式"} {
		v, err := s.Save(ctx, "c1", label(text), i+1)
		if err != nil || v.Number != i+2 || v.ConsentNo != 1 {
			t.Fatalf("%+v, %v", v, err)
		}
	}
	for all, want := range map[bool]string{true: "13800138000", false: "138****8000"} {
		asked, err := s.Open(ctx, "c1", "c1:ann", reply, all)
		wanted := []form.Asked{{Field: label("手机号").Fields[0], Values: []string{want}, Masked: !all}}
		if diff := cmp.Diff(wanted, asked); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
	if _, err := s.Open(ctx, "c1", "c1:bob", reply, true); !errors.Is(err, domain.ErrSealed) {
		t.Errorf("somebody else's reply opens: %v", err)
	}
	if asked, err := s.Open(ctx, "c1", "c1:bob", nil, true); asked != nil || err != nil {
		t.Error(asked, err)
	}
}

func TestTwoEditorsDoNotOverwriteEachOther(t *testing.T) {
	t.Parallel()
	s, ctx := newService(&domaintest.Power{}), teacher(t)
	first, second := form.Draft{Consent: "一"}, form.Draft{Consent: "二"}
	for n := range 2 {
		if _, err := s.Save(ctx, "c1", first, n); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Save(ctx, "c1", second, n); !errors.Is(err, form.ErrEdited) {
			t.Fatalf("after %d: %v", n, err)
		}
		first.Consent += "。"
	}
	if v, err := s.Save(ctx, "c1", form.Draft{Consent: "一。"}, 2); err != nil || v.Number != 2 {
		t.Errorf("the same again makes a version: %+v, %v", v, err)
	}
	reviewer := domain.WithActor(t.Context(), domain.Actor{Member: "r", Grants: []domain.Grant{{Scope: domain.ScopeCamp, ID: "c1", Organiser: "o1", Role: domain.RoleReviewer}}})
	if _, err := s.Save(reviewer, "c1", first, 2); !errors.Is(err, domain.ErrForbidden) {
		t.Error(err)
	}
}

func TestASaveThatIsKilledCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for n := 1; n <= 2; n++ {
			power := &domaintest.Power{}
			s, ctx := newService(power), teacher(t)
			if _, err := s.Save(ctx, "c1", form.Draft{Consent: "一"}, 0); err != nil {
				t.Fatal(err)
			}
			power.Cut(n, after)
			_, _ = s.Save(ctx, "c1", form.Draft{Consent: "二"}, 1)
			power.Restore()
			_, v, err := s.ForStaff(ctx, "c1")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Save(ctx, "c1", form.Draft{Consent: "三"}, v.Number); err != nil {
				t.Fatalf("killed at %d: %v", n, err)
			}
			if old, err := s.Versions.Get(ctx, form.VersionID("c1", 1)); err != nil || old.Consent != "一" {
				t.Errorf("killed at %d: %+v, %v", n, old, err)
			}
		}
	}
}
