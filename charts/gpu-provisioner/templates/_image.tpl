{{/* The image, or a refusal that says how to get one. */}}

{{- define "gpu-provisioner.image" -}}
{{- $image := .Values.controller.image -}}
{{- $repository := $image.repository | default "" -}}
{{- if not $repository -}}
{{- fail (printf "\n\ncontroller.image.repository is empty, and nobody publishes the image yet.\n%s" (include "gpu-provisioner.howToBuild" .)) -}}
{{- end -}}
{{- if regexMatch "(^|/)aks/kaito/gpu-provisioner$" $repository -}}
{{- fail (printf "\n\ncontroller.image.repository is %s: the image of Azure's provisioner, which is another program.\n%s" $repository (include "gpu-provisioner.howToBuild" .)) -}}
{{- end -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository ($image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "gpu-provisioner.howToBuild" }}
Build it and push it to a registry that the cluster can pull from:

  docker buildx build --platform linux/amd64,linux/arm64 --tag <registry>/gpu-provisioner:{{ .Chart.AppVersion }} --push .

and name it:

  --set controller.image.repository=<registry>/gpu-provisioner --set controller.image.tag={{ .Chart.AppVersion }}
{{ end -}}
