package api

import (
	"context"

	"yingdi/domain/moderation"
)

// CommentPath is where operations of a comment lie.
type CommentPath struct {
	Comment string `path:"comment" pattern:"^[0-9A-Za-z_-]{1,64}$" patternDescription:"id" doc:"Id of the comment"`
}

// ReportWords is why somebody reports something.
type ReportWords struct {
	Reason string `json:"reason" enum:"spam,abuse,sexual,illegal,privacy,copied,other"`
	Text   string `json:"text,omitempty" maxLength:"200" doc:"Needed with other"`
}

// Reported says that a report was taken. Whom it is about never learns who made it.
type Reported struct {
	Reported bool `json:"reported"`
}

type reportCheckinInput struct {
	CheckinPath
	Body ReportWords
}

func (a *api) reportCheckin(ctx context.Context, in *reportCheckinInput) (*Made[Reported], error) {
	return a.report(ctx, moderation.Checkin, in.Checkin, in.Body)
}

type reportCommentInput struct {
	CommentPath
	Body ReportWords
}

func (a *api) reportComment(ctx context.Context, in *reportCommentInput) (*Made[Reported], error) {
	return a.report(ctx, moderation.Comment, in.Comment, in.Body)
}

func (a *api) report(ctx context.Context, k moderation.Kind, target string, w ReportWords) (*Made[Reported], error) {
	fresh, err := a.Moderation.Report(ctx, k, target, moderation.ReportForm{Reason: moderation.Reason(w.Reason), Text: w.Text})
	return made(Reported{true}, fresh), err
}

// ReportReason is one that can be given.
type ReportReason struct {
	Reason string `json:"reason"`
	Name   string `json:"name" doc:"What people read"`
}

func (a *api) reportReasons(context.Context, *none) (*Answer[List[ReportReason]], error) {
	reasons := make([]ReportReason, len(moderation.Reasons))
	for i, r := range moderation.Reasons {
		reasons[i] = ReportReason{string(r.Reason), r.Name}
	}
	return answer(List[ReportReason]{Items: reasons}), nil
}
