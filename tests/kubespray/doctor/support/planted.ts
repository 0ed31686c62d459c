/** Secrets of the kinds that a cluster has, none of them anybody's. */

const base64 = (text: string) => Buffer.from(text).toString('base64');
const pem = (kind: string, lines: number) =>
  `-----BEGIN ${kind}-----\n${`${base64('k'.repeat(48))}\n`.repeat(lines)}-----END ${kind}-----`;

/** A secret as it comes, with the part of it that nobody may see. */
export const planted: Readonly<Record<string, readonly [text: string, secret: string]>> = {
  'private key': [pem('RSA PRIVATE KEY', 3), base64('k'.repeat(48))],
  'private key that is cut off': [pem('OPENSSH PRIVATE KEY', 3).slice(0, 150), base64('k'.repeat(48))],
  'bearer token': ['Authorization: Bearer 0123456789abcdefZZZ', '0123456789abcdefZZZ'],
  'JSON web token': ['got eyJhbGciOiJSUzI1NiIs.eyJpc3MiOiJrdWJlcm5.c2lnbmF0dXJl back', 'eyJpc3MiOiJrdWJlcm5'],
  'password in a URL': ['pulling https://robot:hunter2hunter2@registry.example/x', 'hunter2hunter2'],
  'password of BGP': ['password "bgp-s3cret-1";', 'bgp-s3cret-1'],
  'password in a command': ['curl --user-password=opensesame99 x', 'opensesame99'],
  'password in JSON': ['{"password":"json-Secret-7","x":1}', 'json-Secret-7'],
  'private key of WireGuard': [
    'PrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=',
    'yAnz5TF+lXXJte14tji3zlMNq',
  ],
  'bare key of WireGuard': ['wg: yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk= set', 'yAnz5TF+lXXJte14tji3zlMNq'],
  kubeconfig: [`client-key-data: ${base64(pem('EC PRIVATE KEY', 2))}`, base64(pem('EC PRIVATE KEY', 2)).slice(10, 60)],
  'blob of base64': [
    base64('apiVersion: v1\nkind: Config\nusers: [{name: admin, user: {token: x1}}]'),
    'YXBpVmVyc2lvbjogdjEKa2luZDogQ29uZmln',
  ],
  'SSH key': [
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDbJk4LdXJ7m2bxwbVqvl0qDvXTlOQ0pT4Lvyx7nMhVS ops',
    'AAAAC3NzaC1lZDI1NTE5',
  ],
  'token of kubeadm': ['kubeadm join --token abcdef.0123456789abcdef', 'abcdef.0123456789abcdef'],
  'password hash': ['root:$6$saltsalt$4Zk2hJmY0Qb1lq8iVZ3yQw7c/:19000', '4Zk2hJmY0Qb1lq8iVZ3yQw7c'],
  'token of GitHub': ['ghp_0123456789abcdefghijABCDEFGHIJ012345', 'ghp_0123456789'],
};
