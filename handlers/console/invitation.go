package console

import (
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/invitation"
)

// invitationPage is where the mini-program shows an invitation.
const invitationPage = "pages/invitation/invitation"

type inviteForm struct {
	Role string `form:"role"`
	Uses string `form:"uses"`
	Days string `form:"days"`
	Note string `form:"note"`
}

func (f inviteForm) form() invitation.Form {
	return invitation.Form{
		Role: domain.Role(f.Role), Uses: number(f.Uses), Life: time.Duration(min(number(f.Days), 1000)) * 24 * time.Hour, Note: line(f.Note),
	}
}

type invitationsView struct {
	campFrame // of the camp, if it is one's
	OfCamp    bool
	Base      string // address of this page
	Place     string // name of the organiser or the camp
	Rows      []invitation.Row
	Roles     []domain.Role
	Form      inviteForm
	Faults    Faults
	Follow    string
	Link      string       // of the invitation that was just made
	Picture   template.URL // its code; empty if WeChat did not answer
}

// place reads for which organiser, or which camp of one, the page is.
func (h *console) place(c echo.Context) (domain.Place, error) {
	if c.Param("camp") == "" {
		return domain.Place{Organiser: c.Param("organiser")}, nil
	}
	in, err := h.Camps.ForStaff(c.Request().Context(), c.Param("camp"), domain.RightInvite)
	return in.Place(), err
}

func (h *console) listInvitations(c echo.Context) error {
	return h.invitations(c, http.StatusOK, inviteForm{Uses: "1", Days: "3"}, Faults{}, "")
}

func (h *console) invitations(c echo.Context, status int, f inviteForm, wrong Faults, token string) error {
	ctx := c.Request().Context()
	at, err := h.place(c)
	if err != nil {
		return err
	}
	rows, next, err := h.Invitations.List(ctx, at, after(c, 30))
	if err != nil {
		return err
	}
	v := &invitationsView{Rows: rows, Roles: invitation.Roles(at.Camp), Form: f, Faults: wrong, OfCamp: at.Camp != ""}
	if v.OfCamp {
		in, err := h.Camps.ForStaff(ctx, at.Camp, domain.RightInvite)
		if err != nil {
			return err
		}
		v.campFrame, v.Base, v.Place, v.Sub = h.campFrame(c, in, tabPeople), campPath(at.Camp)+"/invitations", in.Title, subInvitations
	} else {
		o, err := h.Organisers.Get(ctx, at.Organiser)
		if err != nil {
			return err
		}
		v.Base, v.Place, v.Hours = organiserPath(o.ID)+"/invitations", o.Name, h.hoursOf(homeCalendar)
		v.Section, v.Crumbs = sectionOrganisers, []Crumb{{"机构", Root + "/organisers"}, {o.Name, organiserPath(o.ID)}}
	}
	v.Title = "邀请共管"
	if next != "" {
		v.Follow = v.Base + "?after=" + url.QueryEscape(string(next))
	}
	if token != "" {
		v.Link = invitationPage + "?scene=" + token
		if code, err := h.Codes.QR(ctx, token, invitationPage); err == nil { // without it, the link still works
			v.Picture = template.URL("data:" + http.DetectContentType(code) + ";base64," + base64.StdEncoding.EncodeToString(code))
		}
	}
	return h.page(c, status, "invitation/list", v)
}

func (h *console) invite(c echo.Context) error {
	var f inviteForm
	if err := bind(c, &f); err != nil {
		return err
	}
	at, err := h.place(c)
	if err != nil {
		return err
	}
	_, token, err := h.Invitations.Invite(c.Request().Context(), at, f.form())
	if err != nil {
		wrong, status, err := faults(err, "role", "uses", "life", "note")
		if err != nil {
			return err
		}
		return h.invitations(c, status, f, wrong, "")
	}
	return h.invitations(c, http.StatusOK, inviteForm{Uses: "1", Days: "3"}, Faults{}, token)
}

func (h *console) revokeInvitation(c echo.Context) error {
	at, err := h.place(c)
	if err != nil {
		return err
	}
	to := organiserPath(at.Organiser) + "/invitations"
	if at.Camp != "" {
		to = campPath(at.Camp) + "/invitations"
	}
	if _, err := h.Invitations.Revoke(c.Request().Context(), at, c.Param("invitation")); err != nil {
		return h.refused(c, to, err)
	}
	return h.done(c, to, "邀请已撤回，已经接受的人不受影响")
}

var invitationStates = map[invitation.State]label{
	invitation.Open: {"有效", "green"}, invitation.Used: {"人数已满", "secondary"}, invitation.Expired: {"已过期", "secondary"},
	invitation.Revoked: {"已撤回", "red"},
}
