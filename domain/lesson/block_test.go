package lesson_test

import (
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
)

func TestMarkup(t *testing.T) {
	t.Parallel()
	plain := func(s string) lesson.Paragraph {
		return lesson.Paragraph{Kind: lesson.Plain, Spans: []lesson.Span{{Text: s}}}
	}
	for source, want := range map[string][]lesson.Paragraph{
		"":                         nil,
		" \n\n":                    nil,
		"一\n二\n\n三":                {plain("一\n二"), plain("三")},
		"一\r\n二":                   {plain("一\n二")},
		"# 今天\n读书":                 {{Kind: lesson.Heading, Spans: []lesson.Span{{Text: "今天"}}}, plain("读书")},
		"- 甲\n- 乙":                 {{Kind: lesson.Bullet, Spans: []lesson.Span{{Text: "甲"}}}, {Kind: lesson.Bullet, Spans: []lesson.Span{{Text: "乙"}}}},
		"1. 甲\n2. 乙":               {{Kind: lesson.Numbered, Number: 1, Spans: []lesson.Span{{Text: "甲"}}}, {Kind: lesson.Numbered, Number: 2, Spans: []lesson.Span{{Text: "乙"}}}},
		"> 引\n> 用\n正文":             {{Kind: lesson.Quote, Spans: []lesson.Span{{Text: "引\n用"}}}, plain("正文")},
		"读**三**遍":                  {{Kind: lesson.Plain, Spans: []lesson.Span{{Text: "读"}, {Text: "三", Bold: true}, {Text: "遍"}}}},
		"2**3 是八":                  {plain("2**3 是八")},
		"2*3*4":                    {plain("2*3*4")},
		`\*\*不粗\*\*`:               {plain("**不粗**")},
		"看[这里](https://a.cn/b?c)吧": {{Kind: lesson.Plain, Spans: []lesson.Span{{Text: "看"}, {Text: "这里", Link: "https://a.cn/b?c"}, {Text: "吧"}}}},
		"[坏](javascript:alert(1))": {plain("[坏](javascript:alert(1))")},
		"[坏](//a.cn)":              {plain("[坏](//a.cn)")},
		"[坏](https://a@b.cn)":      {plain("[坏](https://a@b.cn)")},
		"<b>不是</b>":                {plain("<b>不是</b>")},
		"2026. 年":                  {plain("2026. 年")},
		"[":                        {plain("[")},
		`\`:                        {plain(`\`)},
	} {
		if diff := gocmp.Diff(want, lesson.Parse(source)); diff != "" {
			t.Errorf("%q (-want +got)\n%s", source, diff)
		}
	}
}

func FuzzParseKeepsEveryWord(f *testing.F) {
	for _, s := range []string{"# 一", "**", "[a](http://b)", "- \n1. x", "\\", "a**b**c**"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		for _, p := range lesson.Parse(source) {
			for _, s := range p.Spans {
				if s.Text == "" || s.Link != "" && lesson.Host(s.Link) == "" {
					t.Errorf("%q: %+v", source, p)
				}
			}
		}
	})
}

func TestALongTextOfMarksIsReadAtOnce(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"**", "[", "[a](", "> ", "\\*", "**a"} {
		source := strings.Repeat(s, 100_000)
		begin := time.Now()
		lesson.Parse(source)
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%q took %v", s, took)
		}
	}
}

func TestBlocksAreBounded(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("读", n) }
	many := func(n int, b lesson.Block) (list []lesson.Block) {
		for range n {
			list = append(list, b)
		}
		return list
	}
	file, line := lesson.Block{Kind: lesson.PictureBlock, Media: "m"}, lesson.Block{Kind: lesson.TextBlock, Text: "读"}
	for name, c := range map[string]struct {
		blocks []lesson.Block
		field  string // at fault; "" if none is
	}{
		"none":                 {nil, ""},
		"a text":               {lesson.Text("读"), ""},
		"an empty text":        {[]lesson.Block{{Kind: lesson.TextBlock}}, "blocks[0].text"},
		"a long text":          {lesson.Text(long(lesson.MaxText)), ""},
		"too long a text":      {lesson.Text(long(lesson.MaxText + 1)), "blocks[0].text"},
		"too long all told":    {many(3, lesson.Block{Kind: lesson.TextBlock, Text: long(7000)}), "blocks"},
		"many":                 {many(lesson.MaxBlocks, line), ""},
		"too many":             {many(lesson.MaxBlocks+1, line), "blocks"},
		"many files":           {many(lesson.MaxFiles, file), ""},
		"too many files":       {many(lesson.MaxFiles+1, file), "blocks"},
		"a file that is none":  {[]lesson.Block{line, {Kind: lesson.VideoBlock, Media: "../a"}}, "blocks[1].media"},
		"no file":              {[]lesson.Block{{Kind: lesson.DocumentBlock}}, "blocks[0].media"},
		"a caption":            {[]lesson.Block{{Kind: lesson.VoiceBlock, Media: "m", Text: "听"}}, ""},
		"a caption of lines":   {[]lesson.Block{{Kind: lesson.VoiceBlock, Media: "m", Text: "听\n说"}}, "blocks[0].text"},
		"a link":               {[]lesson.Block{{Kind: lesson.LinkBlock, URL: "https://a.cn"}}, ""},
		"a link elsewhere":     {[]lesson.Block{{Kind: lesson.LinkBlock, URL: "ftp://a.cn"}}, "blocks[0].url"},
		"a script as link":     {[]lesson.Block{{Kind: lesson.LinkBlock, URL: "javascript:alert(1)"}}, "blocks[0].url"},
		"a link without end":   {[]lesson.Block{{Kind: lesson.LinkBlock, URL: "https://a.cn/" + long(500)}}, "blocks[0].url"},
		"a link in a text":     {[]lesson.Block{{Kind: lesson.TextBlock, Text: "a", URL: "https://a.cn"}}, "blocks[0].url"},
		"a file in a text":     {[]lesson.Block{{Kind: lesson.TextBlock, Text: "a", Media: "m"}}, "blocks[0].media"},
		"a kind that is none":  {[]lesson.Block{{Kind: "html", Text: "a"}}, "blocks[0].kind"},
		"what is not readable": {lesson.Text("a\x00"), "blocks[0].text"},
	} {
		err := lesson.Form{Day: "2026-03-01", Title: "读", Blocks: c.blocks}.Check(aCamp(camp.Draft))
		if got := faultOf(err); got != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// faultOf names the first input at fault.
func faultOf(err error) string {
	refused, ok := err.(*domain.Error)
	if !ok || len(refused.Fields) == 0 {
		return ""
	}
	return refused.Fields[0].Name
}

func TestAnOldTaskReadsAsBlocks(t *testing.T) {
	t.Parallel()
	old := lesson.Task{Content: "读一段", Media: []string{"a", "b", "gone"}}
	found := map[string]media.Media{"a": {Kind: media.Video}, "b": {Kind: media.Image}}
	want := []lesson.Block{
		{Kind: lesson.TextBlock, Text: "读一段"}, {Kind: lesson.VideoBlock, Media: "a"}, {Kind: lesson.PictureBlock, Media: "b"},
	}
	if diff := gocmp.Diff(want, old.Body(found)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if err := old.Apply(lesson.Form{Day: "2026-03-05", Title: "读", Blocks: lesson.Text("写一段")}, aCamp(camp.Draft), at("2026-03-01")); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(lesson.Text("写一段"), old.Body(found)); diff != "" || len(old.Files()) != 0 || old.Words() != "写一段" {
		t.Errorf("changed: %v, %q (-want +got)\n%s", old.Files(), old.Words(), diff)
	}
}

func TestContentIsShownWithItsFilesAndWhereLinksLead(t *testing.T) {
	t.Parallel()
	blocks := []lesson.Block{
		{Kind: lesson.TextBlock, Text: "**读**"}, {Kind: lesson.DocumentBlock, Media: "d"}, {Kind: lesson.PictureBlock, Media: "gone"},
		{Kind: lesson.LinkBlock, URL: "https://example.com:8443/a"},
	}
	shown := lesson.Show(blocks, []media.View{{ID: "d", Name: "课件.pdf"}})
	if len(shown) != 4 || !shown[0].Paragraphs[0].Spans[0].Bold || shown[1].File.Name != "课件.pdf" || shown[2].File.ID != "" || shown[3].Host != "example.com" {
		t.Errorf("%+v", shown)
	}
}
