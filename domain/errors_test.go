package domain_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
)

func TestErrorsAreToldApartByTheirCode(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("camp c1: %w", domain.Invalid("title", "标题不能为空"))
	if !errors.Is(err, domain.ErrInvalid) || errors.Is(err, domain.ErrConflict) {
		t.Errorf("%v is not what it is", err)
	}
	var refusal *domain.Error
	if !errors.As(err, &refusal) || refusal.Error() != "invalid (title)" || refusal.Message != "标题不能为空" {
		t.Errorf("got %#v", refusal)
	}
	if domain.ErrConflict.Error() != "conflict" {
		t.Errorf("got %s", domain.ErrConflict)
	}
}

func TestCheckTellsEverythingThatIsWrongAtOnce(t *testing.T) {
	t.Parallel()
	var check domain.Check
	check.Text("title", "标题", "", 1, 5)
	check.Text("intro", "介绍", "好", 0, 5)
	check.Range("seats", "名额", 0, 1, 9)
	var refusal *domain.Error
	if !errors.As(check.Err(), &refusal) {
		t.Fatal(check.Err())
	}
	want := []domain.Field{{Name: "title", Message: "标题不能为空"}, {Name: "seats", Message: "名额应在 1 到 9 之间"}}
	if diff := cmp.Diff(want, refusal.Fields); diff != "" || refusal.Message != "标题不能为空" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTextIsBoundedInCharacters(t *testing.T) {
	t.Parallel()
	const family = "👨‍👩‍👧" // five characters that look like one
	for name, c := range map[string]struct {
		value    string
		min, max int
		line     bool
		want     string // "" if it is fine
	}{
		"Chinese counts by character, not by byte": {"一二三四五", 1, 5, false, ""},
		"one character over":                       {"一二三四五六", 1, 5, false, "不能超过 5 个字"},
		"an emoji is one":                          {"🎉🎉🎉🎉🎉", 1, 5, false, ""},
		"a family is what it is made of":           {family, 1, 5, false, ""},
		"and no less":                              {family + "a", 1, 5, false, "不能超过 5 个字"},
		"an accent that combines counts":           {"e\u0301", 1, 1, false, "不能超过 1 个字"},
		"too short":                                {"一", 2, 5, false, "至少 2 个字"},
		"empty where it need not be":               {"", 0, 5, false, ""},
		"nothing but space":                        {" \u3000\n", 1, 5, false, "不能为空"},
		"line breaks in a text":                    {"一\r\n\t二", 1, 5, false, ""},
		"line breaks in a line":                    {"一\n二", 1, 5, true, "不能换行"},
		"a zero byte":                              {"一\x00", 1, 5, false, "无法识别"},
		"an escape":                                {"\x1b[31m", 1, 9, false, "无法识别"},
		"a delete":                                 {"\x7f", 1, 9, false, "无法识别"},
		"a next line":                              {"\u0085", 1, 9, false, "无法识别"},
		"a line separator":                         {"一\u2028二", 1, 9, true, "无法识别"},
		"broken UTF-8":                             {"\xff\xfe", 1, 9, false, "无法识别"},
		"half a character":                         {"一"[:2], 1, 9, false, "无法识别"},
		"markup is text":                           {"<b>&'\"", 1, 9, true, ""},
	} {
		var check domain.Check
		if c.line {
			check.Line("f", "标题", c.value, c.min, c.max)
		} else {
			check.Text("f", "标题", c.value, c.min, c.max)
		}
		err := check.Err()
		if (err == nil) != (c.want == "") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var refusal *domain.Error
		if errors.As(err, &refusal) && !strings.Contains(refusal.Message, c.want) {
			t.Errorf("%s: got %s, want %s", name, refusal.Message, c.want)
		}
	}
}

func TestAPageHoldsNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int]int{-1: 20, 0: 20, 1: 1, 100: 100, 101: 100, 1 << 30: 100} {
		if got := (domain.Page{Limit: limit}).Size(20); got != want {
			t.Errorf("limit %d: got %d, want %d", limit, got, want)
		}
	}
}
