"""Signing: a member of staff means exactly this act, and proves it.

Words. A *factor* is what a person has: a *passkey* (WebAuthn), or a *code secret* that gives one-time
codes (RFC 6238). A *signature* binds a person to a digest: a passkey signs the digest itself as its
challenge; without a passkey the password and a code stand for it, which is the weaker *proof* and is
recorded as such.

Guaranteed:
- who has a passkey signs with it: the password and a code are then not enough;
- an assertion counts for its digest, our origin and our name only, with the person verified by the device,
  and its counter grows: a copied authenticator is found out;
- a code counts once; after five wrong attempts nobody is asked for a quarter of an hour, and only an attempt
  that showed a factor clears them;
- another factor is enrolled with one that stands, a first one with a word that another person gave: never
  with the password alone, by what stands when the enrolment is finished.

Tables owned: signing_passkey, signing_passkey_end, signing_challenge, signing_challenge_use,
signing_code_secret, signing_code_use, signing_attempt, signing_signature, signing_enrolment_word,
signing_enrolment_word_use, signing_enrolment_word_end.
"""
