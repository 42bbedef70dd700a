package api

import (
	"context"

	"yingdi/domain/form"
)

// CampForm is what a camp asks at enrolment.
type CampForm struct {
	Version   int     `json:"version" doc:"To be sent with the answers; 0 if the camp asks nothing"`
	Fields    []Field `json:"fields" nullable:"false"`
	Consent   string  `json:"consent" doc:"What is to be agreed to; empty if nothing is"`
	ConsentNo int     `json:"consent_no" doc:"To be sent as consent once the person has agreed"`
}

// Field is one question.
type Field struct {
	ID       string   `json:"id"`
	Type     string   `json:"type" enum:"text,long,single,multiple,number,date,phone,city"`
	Label    string   `json:"label"`
	Required bool     `json:"required"`
	Options  []string `json:"options" nullable:"false" doc:"Of a choice"`
}

func fieldOf(f form.Field) Field {
	return Field{f.ID, string(f.Type), f.Label, f.Required, append([]string{}, f.Options...)}
}

func (a *api) form(ctx context.Context, in *CampPath) (*Answer[CampForm], error) {
	v, err := a.Forms.Current(ctx, in.Camp)
	if err != nil {
		return nil, err
	}
	body := CampForm{Version: v.Number, Fields: make([]Field, len(v.Fields)), Consent: v.Consent, ConsentNo: v.ConsentNo}
	for i, f := range v.Fields {
		body.Fields[i] = fieldOf(f)
	}
	return answer(body), nil
}

// Given is what goes with an enrolment where the camp asks something.
type Given struct {
	_       struct{} `json:"-" nullable:"true"` // whoever sends nothing may say so
	Version int      `json:"version,omitempty" minimum:"0" doc:"Of the form that was answered"`
	Consent int      `json:"consent,omitempty" minimum:"0" doc:"The consent_no that was agreed to"`
	Answers []Reply  `json:"answers,omitempty" maxItems:"30"`
}

// Reply is the answer to one question: one value, or several to a multiple choice.
type Reply struct {
	Field  string   `json:"field" maxLength:"8"`
	Values []string `json:"values" nullable:"false" maxItems:"20" maxLength:"1000"`
}

type enrolInput struct {
	CampPath
	Body *Given `required:"false"`
}

func (b *Given) given() form.Given {
	if b == nil {
		return form.Given{}
	}
	g := form.Given{Version: b.Version, Consent: b.Consent, Answers: make([]form.Answer, len(b.Answers))}
	for i, r := range b.Answers {
		g.Answers[i] = form.Answer(r)
	}
	return g
}

// Asked is a question with what I answered.
type Asked struct {
	Field
	Values []string `json:"values" nullable:"false"`
}

func (a *api) reply(ctx context.Context, in *CampPath) (*Answer[List[Asked]], error) {
	asked, err := a.Enrolments.MyReply(ctx, in.Camp)
	if err != nil {
		return nil, err
	}
	return listOf(asked, "", func(q form.Asked) Asked { return Asked{fieldOf(q.Field), append([]string{}, q.Values...)} }), nil
}
