package lesson

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"yingdi/domain"
	"yingdi/domain/media"
)

// Block is one piece of a task's content: a text, a file with its caption, or a link with what it is called.
type Block struct {
	Kind  BlockKind `json:"kind"`
	Text  string    `json:"text,omitempty"` // see Parse; of a file its caption, of a link its title, on one line
	Media string    `json:"media,omitempty"`
	URL   string    `json:"url,omitempty"`
}

// BlockKind is what a block holds.
type BlockKind string

// The kinds of blocks. A voice is the teacher speaking, an audio is something to listen to; both are recordings.
const (
	TextBlock     BlockKind = "text"
	PictureBlock  BlockKind = "picture"
	VoiceBlock    BlockKind = "voice"
	AudioBlock    BlockKind = "audio"
	VideoBlock    BlockKind = "video"
	DocumentBlock BlockKind = "document"
	LinkBlock     BlockKind = "link"
)

// BlockKinds in the order in which staff choose among them.
var BlockKinds = []BlockKind{TextBlock, PictureBlock, VoiceBlock, AudioBlock, VideoBlock, DocumentBlock, LinkBlock}

// Limits of the content of a task, in characters where they are of texts.
const (
	MaxBlocks  = 60
	MaxText    = 10_000 // of one block
	MaxTexts   = 20_000 // of all
	MaxCaption = 100
	MaxFiles   = 30
)

// Text is the content that is nothing but a text.
func Text(text string) []Block {
	if text == "" {
		return nil
	}
	return []Block{{Kind: TextBlock, Text: text}}
}

// Holds says which kind of file is in a block of the kind; "" if none is.
func (k BlockKind) Holds() media.Kind {
	return map[BlockKind]media.Kind{
		PictureBlock: media.Image, VoiceBlock: media.Audio, AudioBlock: media.Audio, VideoBlock: media.Video, DocumentBlock: media.Document,
	}[k]
}

// checkBlocks bounds the content. What is at fault in a block is named blocks[0].text and so on.
func checkBlocks(check *domain.Check, blocks []Block) {
	check.That(len(blocks) <= MaxBlocks, "blocks", fmt.Sprintf("内容最多 %d 段", MaxBlocks))
	if len(blocks) > MaxBlocks {
		return
	}
	files, length := 0, 0
	for i, b := range blocks {
		b.check(check, fmt.Sprintf("blocks[%d].", i))
		length += utf8.RuneCountInString(b.Text)
		if b.Media != "" {
			files++
		}
	}
	check.That(files <= MaxFiles, "blocks", fmt.Sprintf("一个任务最多 %d 个文件", MaxFiles))
	check.That(length <= MaxTexts, "blocks", fmt.Sprintf("文字一共不能超过 %d 个字", MaxTexts))
}

func (b Block) check(check *domain.Check, at string) {
	file := b.Kind.Holds() != ""
	switch {
	case b.Kind == TextBlock:
		check.Text(at+"text", "文字", b.Text, 1, MaxText)
	case file:
		check.Line(at+"text", "说明", b.Text, 0, MaxCaption)
		check.That(domain.ValidID(b.Media), at+"media", "请先上传文件")
	case b.Kind == LinkBlock:
		check.Line(at+"text", "链接标题", b.Text, 0, MaxCaption)
		check.That(Host(b.URL) != "", at+"url", "请填写 http:// 或 https:// 开头的完整网址")
	default:
		check.That(false, at+"kind", "内容类型无效")
		return
	}
	check.That(file || b.Media == "", at+"media", "这里不能放文件")
	check.That(b.Kind == LinkBlock || b.URL == "", at+"url", "这里不能放链接")
}

// Files lists the media of the task, in order.
func (t Task) Files() []string {
	files := slices.Clone(t.Media)
	for _, b := range t.Blocks {
		if b.Media != "" {
			files = append(files, b.Media)
		}
	}
	return files
}

// Body is the content of the task. That of an older one, which had a text and then files, is put in the same words.
func (t Task) Body(found map[string]media.Media) []Block {
	if len(t.Content) == 0 && len(t.Media) == 0 {
		return t.Blocks
	}
	kinds := map[media.Kind]BlockKind{media.Image: PictureBlock, media.Audio: AudioBlock, media.Video: VideoBlock, media.Document: DocumentBlock}
	blocks := Text(t.Content)
	for _, id := range t.Media {
		if m, ok := found[id]; ok {
			blocks = append(blocks, Block{Kind: kinds[m.Kind], Media: id})
		}
	}
	return blocks
}

// Words is what the texts of the task say, without their marks.
func (t Task) Words() string {
	var texts []string
	for _, b := range slices.Concat(Text(t.Content), t.Blocks) {
		if b.Kind == TextBlock {
			texts = append(texts, words(b.Text))
		}
	}
	return strings.Join(texts, "\n")
}

// Shown is a block as it is looked at.
type Shown struct {
	Block
	Paragraphs []Paragraph // of a text
	File       media.View  // of a file; the zero one if it is gone
	Host       string      // where a link leads
}

// Show prepares the content to be looked at.
func Show(blocks []Block, files []media.View) []Shown {
	list := make([]Shown, len(blocks))
	for i, b := range blocks {
		list[i] = Shown{Block: b}
		switch b.Kind {
		case TextBlock:
			list[i].Paragraphs = Parse(b.Text)
		case LinkBlock:
			list[i].Host = Host(b.URL)
		default:
			if at := slices.IndexFunc(files, func(v media.View) bool { return v.ID == b.Media }); at >= 0 {
				list[i].File = files[at]
			}
		}
	}
	return list
}
