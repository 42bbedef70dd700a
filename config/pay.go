package config

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"regexp"

	"yingdi/domain/wechatpay"
)

// Pay is the merchant of WeChat Pay that the deployment belongs to. Without a mch_id nothing can be sold.
type Pay struct {
	MchID       string      `koanf:"mch_id"`
	Serial      string      `koanf:"serial"`        // of the merchant's certificate
	PrivateKey  string      `koanf:"private_key"`   // file, apiclient_key.pem
	PublicKeyID string      `koanf:"public_key_id"` // PUB_KEY_ID_…
	PublicKey   string      `koanf:"public_key"`    // file, pub_key.pem
	APIv3Key    string      `koanf:"api_v3_key"`
	Scene       string      `koanf:"scene"` // of transfers to a balance
	Channels    Channels    `koanf:"channels"`
	Withdrawals Withdrawals `koanf:"withdrawals"`
	BaseURL     string      `koanf:"base_url"` // only a development stand-in has one
}

// Withdrawals from wallets; amounts are in fen.
type Withdrawals struct {
	Min          int64 `koanf:"min"`           // of one
	PerDay       int   `koanf:"per_day"`       // of one wallet
	Daily        int64 `koanf:"daily"`         // of one wallet, in a day
	ApproveAbove int64 `koanf:"approve_above"` // what is more waits for staff
}

// Pool says whether scholarship pools may be opened, and how much of a fee may go into one. Where it is allowed at all,
// it is for adults, and for learning alone.
type Pool struct {
	On      bool `koanf:"on"`
	CapYuan int  `koanf:"cap_yuan"`
}

// Channels says how seats of each kind are paid: those of dated camps, and of level courses.
type Channels struct {
	Camp   Phones `koanf:"camp"`
	Course Phones `koanf:"course"`
}

// Phones says how one pays on which phone: wechatpay, or closed where nothing may be sold.
type Phones struct {
	IOS     string `koanf:"ios"`
	Android string `koanf:"android"`
	Other   string `koanf:"other"`
}

var everywhere = Phones{WeChatPay, WeChatPay, WeChatPay}

// The two values of Phones.
const (
	WeChatPay = "wechatpay"
	Closed    = "closed"
)

// Sells reports whether a merchant is configured.
func (p Pay) Sells() bool { return p.MchID != "" }

// Keys reads the two files.
func (p Pay) Keys() (private *rsa.PrivateKey, public *rsa.PublicKey, err error) {
	private, err = PrivateKey(p.PrivateKey)
	if err != nil {
		return nil, nil, fmt.Errorf("pay.private_key: %w", err)
	}
	public, err = publicKey(p.PublicKey)
	if err != nil {
		return nil, nil, fmt.Errorf("pay.public_key: %w", err)
	}
	return private, public, nil
}

func block(path string) (*pem.Block, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	b, _ := pem.Decode(raw)
	if b == nil {
		return nil, errors.New("the file is no PEM")
	}
	return b, nil
}

// PrivateKey reads an RSA key from a PEM file.
func PrivateKey(path string) (*rsa.PrivateKey, error) {
	b, err := block(path)
	if err != nil {
		return nil, err
	}
	if parsed, err := x509.ParsePKCS8PrivateKey(b.Bytes); err == nil {
		if key, ok := parsed.(*rsa.PrivateKey); ok {
			return key, nil
		}
	}
	if key, err := x509.ParsePKCS1PrivateKey(b.Bytes); err == nil {
		return key, nil
	}
	return nil, errors.New("the file holds no RSA private key")
}

func publicKey(path string) (*rsa.PublicKey, error) {
	b, err := block(path)
	if err != nil {
		return nil, err
	}
	if parsed, err := x509.ParsePKIXPublicKey(b.Bytes); err == nil {
		if key, ok := parsed.(*rsa.PublicKey); ok {
			return key, nil
		}
	}
	return nil, errors.New("the file holds no RSA public key")
}

var (
	merchant = regexp.MustCompile(`^[0-9]{8,12}$`)
	serial   = regexp.MustCompile(`^[0-9A-Fa-f]{16,64}$`)
)

func (c Config) validatePay(p *problems) {
	pay := c.Pay
	for kind, phones := range map[string]Phones{"pay.channels.camp": pay.Channels.Camp, "pay.channels.course": pay.Channels.Course} {
		for phone, channel := range map[string]string{".ios": phones.IOS, ".android": phones.Android, ".other": phones.Other} {
			p.oneOf(kind+phone, channel, WeChatPay, Closed)
		}
	}
	p.that(c.Pool.CapYuan >= 1 && c.Pool.CapYuan <= 50_000, "pool.cap_yuan", "is out of range", "Use 1 to 50000; 500 is a good start")
	p.that(!c.Pool.On || pay.Sells(), "pool.on", "has no merchant to pay with", "Fill in pay, or switch pools off")
	w := pay.Withdrawals
	p.that(w.Min >= int64(wechatpay.MinTransfer) && w.Min <= int64(wechatpay.MaxTransfer), "pay.withdrawals.min", "is out of range", "Use 10 to 199999 fen: WeChat transfers no less and no more; 100 is a good start")
	p.that(w.PerDay >= 1 && w.PerDay <= 10, "pay.withdrawals.per_day", "is out of range", "Use 1 to 10; 3 is a good start")
	p.that(w.Daily >= w.Min && w.Daily <= 10_000_000, "pay.withdrawals.daily", "is out of range", "Use fen, from the minimum to 10000000; 200000 is a good start")
	p.that(w.ApproveAbove >= 0 && w.ApproveAbove <= 10_000_000, "pay.withdrawals.approve_above", "is out of range", "Use fen, 0 to have staff see every withdrawal; 20000 is a good start")
	if !pay.Sells() {
		return
	}
	p.that(merchant.MatchString(pay.MchID), "pay.mch_id", "is no merchant number", "Copy it from pay.weixin.qq.com, or leave it empty to sell nothing")
	p.that(serial.MatchString(pay.Serial), "pay.serial", "is no serial number", "Copy the certificate's serial number from 账户中心 › API安全")
	_, err := PrivateKey(pay.PrivateKey)
	p.that(err == nil, "pay.private_key", fmt.Sprint("cannot be read: ", err), "Give the path of apiclient_key.pem")
	_, err = publicKey(pay.PublicKey)
	p.that(err == nil, "pay.public_key", fmt.Sprint("cannot be read: ", err), "Give the path of pub_key.pem, from 账户中心 › API安全 › 微信支付公钥")
	p.that(len(pay.PublicKeyID) > 11 && pay.PublicKeyID[:11] == "PUB_KEY_ID_", "pay.public_key_id", "is no key id", "Copy it from beside the public key; it begins with PUB_KEY_ID_")
	p.that(len(pay.APIv3Key) == 32 && made(pay.APIv3Key), "pay.api_v3_key", "must have 32 characters of your own", "Set it in 账户中心 › API安全 › APIv3密钥 and copy it here")
	p.that(pay.Scene != "", "pay.scene", "is empty", "Use the scene that 商家转账 was opened for, such as 1000")
	p.that(pay.BaseURL == "", "pay.base_url", "points away from WeChat Pay", "Remove it: a stand-in has no place in production")
}
