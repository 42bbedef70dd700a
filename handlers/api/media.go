package api

import (
	"context"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"yingdi/domain/media"
)

// MediaID names a completed upload.
type MediaID string

// Schema bounds it, also within a list.
func (MediaID) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: "^[0-9A-Za-z_-]{1,64}$", PatternDescription: "id"}
}

// File is a media as it is shown.
type File struct {
	ID          string   `json:"id"`
	Kind        string   `json:"kind" enum:"image,audio,video,document"`
	ContentType string   `json:"content_type"`
	Name        string   `json:"name,omitempty" doc:"What the file was called"`
	Size        int64    `json:"size" doc:"Bytes"`
	Width       int      `json:"width,omitempty"`
	Height      int      `json:"height,omitempty"`
	Seconds     float64  `json:"seconds,omitempty" doc:"How long a recording or a film lasts, if its bytes tell"`
	Verdict     string   `json:"verdict" enum:"waiting,passed,review,rejected" doc:"Of the content check"`
	URL         string   `json:"url" doc:"Short-lived link; empty while it may not be shown"`
	ThumbURL    string   `json:"thumb_url" doc:"Small version of a picture; the first page of a document, or empty"`
	Pages       []string `json:"pages,omitempty" maxItems:"10" doc:"Pictures of the first pages of a document, in order; none for one that cannot be drawn, or is not drawn yet"`
}

func filesOf(views []media.View) []File {
	files := make([]File, len(views))
	for i, v := range views {
		files[i] = fileOf(v)
	}
	return files
}

func fileOf(v media.View) File {
	return File{v.ID, string(v.Kind), v.ContentType, v.Name, v.Size, v.Width, v.Height, v.Length.Seconds(), string(v.Verdict), v.URL, v.ThumbURL, v.Pages}
}

type beginUploadInput struct {
	Body struct {
		Kind        string `json:"kind" enum:"image,audio,video,document" doc:"Documents are the staff's to bring"`
		ContentType string `json:"content_type" maxLength:"100" example:"image/jpeg"`
		Name        string `json:"name,omitempty" maxLength:"100" doc:"What the file is called; needed for a document"`
		Size        int64  `json:"size" minimum:"1" doc:"Bytes"`
	}
}

// Upload is an announced file and the form to send it with.
type Upload struct {
	ID     string `json:"id"`
	Upload Form   `json:"upload"`
}

// Form is multipart: the fields first, then the file under the name "file".
type Form struct {
	Method string            `json:"method" enum:"POST"`
	URL    string            `json:"url"`
	Fields map[string]string `json:"fields"`
}

func (a *api) beginUpload(ctx context.Context, in *beginUploadInput) (*Made[Upload], error) {
	m, form, err := a.Media.Begin(ctx, media.Announcement{
		Kind: media.Kind(in.Body.Kind), ContentType: in.Body.ContentType, Name: in.Body.Name, Size: in.Body.Size,
	})
	return made(Upload{m.ID, Form(form)}, true), err
}

type mediaPath struct {
	Media string `path:"media" pattern:"^[0-9A-Za-z_-]{1,64}$" patternDescription:"id"`
}

func (a *api) completeUpload(ctx context.Context, in *mediaPath) (*Answer[File], error) {
	m, err := a.Media.Complete(ctx, in.Media)
	if err != nil {
		return nil, err
	}
	views, err := a.Media.Views(ctx, map[string]media.Media{m.ID: m}, []string{m.ID}, true)
	if err != nil {
		return nil, err
	}
	return answer(filesOf(views)[0]), nil
}

// pictures returns links to small versions of pictures, by their ids; all also links those that await their check.
func (a *api) pictures(ctx context.Context, all bool, ids ...string) (map[string]string, error) {
	ids = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(ids))), func(id string) bool { return id == "" })
	found, err := a.Media.Many(ctx, ids)
	if err != nil {
		return nil, err
	}
	views, err := a.Media.Views(ctx, found, ids, all)
	links := make(map[string]string, len(views))
	for _, v := range views {
		links[v.ID] = v.ThumbURL
	}
	return links, err
}
