package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"yingdi/config"
	"yingdi/domain"
	"yingdi/storage/fake"
)

// The files of a development folder that hold what a merchant and WeChat Pay know of each other.
const (
	merchantKey = "pay_merchant.pem" // private
	platformKey = "pay_platform.pem" // private, which only the stand-in reads
	publicKey   = "pay_public.pem"   // of the stand-in, as a merchant downloads it
)

// devFloat is what the merchant of a development server has to pay out from.
const devFloat = domain.Fen(1_000_000_00)

// payConfig makes up a merchant whose keys lie in the folder, at the first start.
func payConfig(folder, apiKey string) (config.Pay, error) {
	c := config.Default().Pay
	c.MchID, c.Serial, c.PublicKeyID, c.APIv3Key = fake.MchID, "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", "PUB_KEY_ID_0119000000002026", apiKey
	c.PrivateKey, c.PublicKey = filepath.Join(folder, merchantKey), filepath.Join(folder, publicKey)
	for _, name := range []string{merchantKey, platformKey} {
		path := filepath.Join(folder, name)
		if _, err := os.Stat(path); err == nil {
			continue
		} else if !errors.Is(err, fs.ErrNotExist) {
			return c, err
		}
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return c, err
		}
		raw, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return c, err
		}
		if err := writePEM(path, "PRIVATE KEY", raw); err != nil {
			return c, err
		}
	}
	if _, err := os.Stat(c.PublicKey); err == nil {
		return c, nil
	}
	platform, err := config.PrivateKey(filepath.Join(folder, platformKey))
	if err != nil {
		return c, err
	}
	raw, err := x509.MarshalPKIXPublicKey(&platform.PublicKey)
	if err != nil {
		return c, err
	}
	return c, writePEM(c.PublicKey, "PUBLIC KEY", raw)
}

// writePEM puts a file in place at once, whenever the process is killed.
func writePEM(path, kind string, raw []byte) error {
	if err := os.WriteFile(path+".part", pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw}), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// payStandIn is the WeChat Pay that the merchant of a development folder talks to.
func payStandIn(c config.Config, folder string, o fake.PayOptions) (*fake.Pay, error) {
	private, _, err := c.Pay.Keys()
	if err != nil {
		return nil, err
	}
	platform, err := config.PrivateKey(filepath.Join(folder, platformKey))
	if err != nil {
		return nil, err
	}
	o.AppID, o.MchID, o.Serial, o.PublicKeyID, o.APIv3Key = c.WeChat.AppID, c.Pay.MchID, c.Pay.Serial, c.Pay.PublicKeyID, c.Pay.APIv3Key
	o.MerchantKey, o.PlatformKey, o.Float = &private.PublicKey, platform, devFloat
	return fake.NewPay(o)
}
