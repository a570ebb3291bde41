/** TLS. */

import { integer } from "../number-kinds.js";
import { INT_MAX } from "../number-text.js";
import { boolean, oneOf, optionalText } from "../scalar-kinds.js";

export const tls = {
  "tls-port": integer(0, 0, 65535),
  "tls-cert-file": optionalText({ volatile: true }),
  "tls-key-file": optionalText({ volatile: true }),
  "tls-key-file-pass": optionalText({ sensitive: true }),
  "tls-client-cert-file": optionalText({ volatile: true }),
  "tls-client-key-file": optionalText({ volatile: true }),
  "tls-client-key-file-pass": optionalText({ sensitive: true }),
  "tls-dh-params-file": optionalText({ volatile: true }),
  "tls-ca-cert-file": optionalText({ volatile: true }),
  "tls-ca-cert-dir": optionalText({ volatile: true }),
  "tls-auth-clients": oneOf(["no", "yes", "optional"], "yes"),
  "tls-replication": boolean(false),
  "tls-cluster": boolean(false),
  "tls-protocols": optionalText(),
  "tls-ciphers": optionalText(),
  "tls-ciphersuites": optionalText(),
  "tls-prefer-server-ciphers": boolean(false),
  "tls-session-caching": boolean(true),
  "tls-session-cache-size": integer(20 * 1024, 0, INT_MAX),
  "tls-session-cache-timeout": integer(300, 0, INT_MAX),
};
