// The shell scripts of a tuning Job. What users write reaches them as environment variables, never as text of a script.

/** Each address to a file named by its last part; three tries each, and one that fails fails the Job. */
export const downloadScript = `set -u
cd "$DATA_VOLUME_PATH" || exit 1
for url in $DATA_URLS; do
  file=$(basename "$url" | tr '?=&' '___')
  tries=1
  until curl --fail --silent --show-error --location --output "$file" "$url"; do
    if [ "$tries" -ge 3 ]; then
      echo "Cannot download $url: three tries failed" >&2
      exit 1
    fi
    tries=$((tries + 1))
    sleep 5
  done
  echo "Downloaded $url to $file"
done
`;

const failedFile = '.tuning-failed';

/** Leaves a mark where the pusher looks, so that it does not wait for a result that will never be there. */
export function reportingFailure(command: string, outputDir: string): string {
  return `${command}
code=$?
[ "$code" -eq 0 ] || touch ${outputDir}/${failedFile}
exit "$code"
`;
}

/**
 * Waits for the file that the tuning image writes when it is done, then pushes the adapter as an image of one layer: the
 * two files under /data, and this container's shell, since an adapter's image is run to copy them (contract/kaito.md 4.3).
 * The pattern for pgrep does not match its own text, which is in the command line of this script's shell.
 */
export const pushScript = `set -eu
seen=no
until done_file=$(find "$OUTPUT_DIR" -name fine_tuning_completed.txt | head -n 1) && [ -n "$done_file" ]; do
  if [ -e "$OUTPUT_DIR/${failedFile}" ]; then
    echo "The tuning failed, so there is nothing to push" >&2
    exit 1
  fi
  if pgrep -f '[f]ine_tuning[.]py' >/dev/null; then
    seen=yes
  elif [ "$seen" = yes ] && ! find "$OUTPUT_DIR" -name fine_tuning_completed.txt | grep -q .; then
    echo "The tuning ended without a result, so there is nothing to push" >&2
    exit 1
  fi
  sleep 2
done
results=$(dirname "$done_file")
root=$(mktemp -d)
mkdir -p "$root/data" "$root/bin" "$root/lib" "$root/tmp"
cp "$results/adapter_config.json" "$results/adapter_model.safetensors" "$root/data/"
cp /bin/busybox "$root/bin/busybox"
for name in sh cp ls mkdir; do ln -s busybox "$root/bin/$name"; done
cp /lib/ld-musl-*.so.1 "$root/lib/"
cd "$(mktemp -d)"
tar -C "$root" -cf layer.tar .
diff=$(sha256sum layer.tar | cut -d ' ' -f 1)
gzip -n layer.tar
case $(uname -m) in aarch64) arch=arm64 ;; *) arch=amd64 ;; esac
printf '{"architecture":"%s","os":"linux","config":{"Env":["PATH=/bin"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$arch" "$diff" >config.json
tries=1
until oras push --registry-config "$REGISTRY_CONFIG" --config config.json:application/vnd.oci.image.config.v1+json "$IMAGE" layer.tar.gz:application/vnd.oci.image.layer.v1.tar+gzip; do
  if [ "$tries" -ge 5 ]; then
    echo "Cannot push $IMAGE: five tries failed; the Secret must hold a .dockerconfigjson that may push there" >&2
    exit 1
  fi
  tries=$((tries + 1))
  sleep 15
done
`;
