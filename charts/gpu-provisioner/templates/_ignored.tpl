{{/* What a values file says that has no effect, one line each, as a JSON list: NOTES.txt prints them. */}}

{{- define "gpu-provisioner.ignored" -}}
{{- $ignored := list -}}
{{- $owned := include "gpu-provisioner.ownedNames" . | fromJsonArray -}}
{{- range .Values.controller.env | default list -}}
{{- if has .name $owned -}}
{{- $why := ternary "the chart sets it" "the lease is always held, so that no two controllers act at once" (has .name (list "POD_NAME" "LEADER_ELECTION_NAMESPACE")) -}}
{{- $ignored = append $ignored (printf "%s in controller.env: %s" .name $why) -}}
{{- end -}}
{{- end -}}
{{- $legacy := list
    (list "logEncoding" "the log is JSON")
    (list "controller.logEncoding" "the log is JSON")
    (list "controller.outputPaths" "the log goes to standard output")
    (list "controller.errorOutputPaths" "the log goes to standard output")
    (list "controller.sidecarContainer" "no sidecar is needed")
    (list "controller.sidecarVolumeMounts" "no sidecar is needed")
    (list "webhook" "there is no webhook")
    (list "settings.batchMaxDuration" "nothing is batched")
    (list "settings.batchIdleDuration" "nothing is batched")
    (list "settings.featureGates" "there are no feature gates")
    (list "settings.azure.clusterEndpoint" "the API server is found in the pod")
    (list "settings.azure.vmMemoryOverheadPercent" "Azure says what a size has")
    (list "settings.azure.tags" "pools carry the tags that prove their owner, and no others")
-}}
{{- range $legacy -}}
{{- $path := index . 0 -}}
{{- $at := $.Values -}}
{{- range splitList "." $path -}}
{{- $at = ternary (get (ternary $at dict (kindIs "map" $at)) .) "" (kindIs "map" $at) -}}
{{- end -}}
{{- if $at -}}
{{- $ignored = append $ignored (printf "%s: %s" $path (index . 1)) -}}
{{- end -}}
{{- end -}}
{{- toJson $ignored -}}
{{- end -}}
