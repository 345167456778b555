{{/* MiB of the heap: three quarters of the memory limit. Empty where there is no limit. */}}

{{- define "gpu-provisioner.heapMiB" -}}
{{- $limit := dig "limits" "memory" "" (.Values.controller.resources | default dict) -}}
{{- if $limit -}}
{{- $text := ternary $limit (printf "%.0f" (float64 $limit)) (kindIs "string" $limit) -}}
{{- $factors := dict "" 1.0 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 -}}
{{- $factor := get $factors (regexReplaceAll "^[0-9.]+" $text "") -}}
{{- $heap := divf (mulf (regexFind "^[0-9.]+" $text | float64) $factor 0.75) 1048576.0 | floor | int64 -}}
{{- if lt $heap 96 -}}
{{- fail (printf "\n\ncontroller.resources.limits.memory is %s: too little for the controller, which needs 128Mi at least" $text) -}}
{{- end -}}
{{- $heap -}}
{{- end -}}
{{- end -}}
