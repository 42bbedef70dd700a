package console

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain/course"
)

func (s sample) level() course.Level { return course.Level{ID: "l1", Title: s.text, Intro: s.text} }

// What the editor shows of a rule and reads again is the rule.
func TestTheRuleEditorGivesBackTheRuleThatItShows(t *testing.T) {
	t.Parallel()
	level, days := course.Rule{Op: course.OpLevel, ID: "l1"}, course.Rule{Op: course.OpDays, N: 7}
	quiz := course.Rule{Op: course.OpQuiz, ID: "q1", N: 80}
	for name, rule := range map[string]course.Rule{
		"nothing":           {},
		"one fact":          level,
		"all of several":    {Op: course.OpAll, Of: []course.Rule{level, days}},
		"any of several":    {Op: course.OpAny, Of: []course.Rule{level, quiz}},
		"a fact or a group": {Op: course.OpAny, Of: []course.Rule{days, {Op: course.OpAll, Of: []course.Rule{level, quiz}}}},
		"any within all":    {Op: course.OpAll, Of: []course.Rule{{Op: course.OpAny, Of: []course.Rule{level, quiz}}, {Op: course.OpAny, Of: []course.Rule{days, quiz}}}},
	} {
		join, groups := groupsOf(rule)
		form := url.Values{}
		for i, g := range groups {
			form.Set("join_"+string(rune('0'+i)), g.Join)
			for _, row := range append(g.Rows, ruleRow{}) { // an empty row does no harm
				form.Add("cond_"+string(rune('0'+i)), row.Cond)
				form.Add("n_"+string(rune('0'+i)), row.N)
			}
		}
		if diff := cmp.Diff(rule, ruleOf(join, readGroups(form))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}
