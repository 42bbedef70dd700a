package api

import (
	"context"

	"yingdi/domain/lesson"
)

// Block is one piece of a task's content. Texts come apart into paragraphs, so that nothing has to be parsed or trusted.
type Block struct {
	Kind       string      `json:"kind" enum:"text,picture,voice,audio,video,document,link"`
	Text       string      `json:"text" doc:"Caption of a file, title of a link; empty for a text"`
	Paragraphs []Paragraph `json:"paragraphs" nullable:"false" doc:"Of a text"`
	File       *File       `json:"file" doc:"Of a picture, voice, audio, video or document; null if it is gone"`
	URL        string      `json:"url,omitempty" doc:"Of a link: http or https"`
	Host       string      `json:"host,omitempty" doc:"Where a link leads, to be shown with it"`
}

// Paragraph of a text.
type Paragraph struct {
	Kind   string `json:"kind" enum:"text,heading,bullet,numbered,quote"`
	Number int    `json:"number,omitempty" doc:"Of a numbered one"`
	Spans  []Span `json:"spans" nullable:"false"`
}

// Span is words that look the same; line breaks in them are the author's.
type Span struct {
	Text string `json:"text"`
	Bold bool   `json:"bold,omitempty"`
	Link string `json:"link,omitempty" doc:"http or https"`
}

// blocksOf also returns the files among the blocks.
func blocksOf(shown []lesson.Shown) ([]Block, []File) {
	blocks, files := make([]Block, len(shown)), []File{}
	for i, s := range shown {
		b := Block{Kind: string(s.Kind), URL: s.URL, Host: s.Host, Paragraphs: make([]Paragraph, len(s.Paragraphs))}
		if s.Kind != lesson.TextBlock {
			b.Text = s.Text
		}
		for j, p := range s.Paragraphs {
			b.Paragraphs[j] = Paragraph{string(p.Kind), p.Number, make([]Span, len(p.Spans))}
			for k, span := range p.Spans {
				b.Paragraphs[j].Spans[k] = Span(span)
			}
		}
		if s.File.ID != "" {
			file := fileOf(s.File)
			b.File, files = &file, append(files, file)
		}
		blocks[i] = b
	}
	return blocks, files
}

// Sample is a trial lesson.
type Sample struct {
	ID      string  `json:"id"`
	Title   string  `json:"title"`
	DayN    int     `json:"day_n" doc:"Its day in the plan, 1 is the first; 0 in a course"`
	Content string  `json:"content" doc:"What the texts among the blocks say, without their looks"`
	Blocks  []Block `json:"blocks" nullable:"false" doc:"What there is to read, to see and to hear, in order"`
	Media   []File  `json:"media" nullable:"false" doc:"The files among the blocks"`
}

func (a *api) samples(ctx context.Context, in *CampPath) (*Answer[List[Sample]], error) {
	c, samples, err := a.Lessons.Samples(ctx, in.Camp)
	if err != nil {
		return nil, err
	}
	return listOf(samples, "", func(s lesson.Sample) Sample {
		v := Sample{ID: s.ID, Title: s.Title, Content: s.Words()}
		if s.Level == "" {
			v.DayN = c.DayN(s.Day)
		}
		v.Blocks, v.Media = blocksOf(s.Body)
		return v
	}), nil
}
