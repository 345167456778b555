{{/* Where the pods may run: never on the nodes that the controller makes, which go away with their claims. */}}

{{- define "gpu-provisioner.affinity" -}}
{{- $affinity := deepCopy (.Values.affinity | default dict) -}}
{{- $node := $affinity.nodeAffinity | default dict -}}
{{- $required := $node.requiredDuringSchedulingIgnoredDuringExecution | default dict -}}
{{- $elsewhere := dict "key" "kaito.sh/machine-type" "operator" "NotIn" "values" (list "gpu") -}}
{{- $terms := list -}}
{{/* A node must match one term: the exclusion has to be in each of them. */}}
{{- range $required.nodeSelectorTerms | default (list dict) -}}
{{- $expressions := append (.matchExpressions | default list) $elsewhere -}}
{{- $terms = append $terms (merge (dict "matchExpressions" $expressions) (omit . "matchExpressions")) -}}
{{- end -}}
{{- $_ := set $required "nodeSelectorTerms" $terms -}}
{{- $_ := set $node "requiredDuringSchedulingIgnoredDuringExecution" $required -}}
{{- $_ := set $affinity "nodeAffinity" $node -}}
{{- $own := dict "matchLabels" (include "gpu-provisioner.selectorLabels" . | fromYaml) -}}
{{- range list "podAffinity" "podAntiAffinity" -}}
{{- $rules := get $affinity . | default dict -}}
{{- range $rules.requiredDuringSchedulingIgnoredDuringExecution -}}
{{- if not .labelSelector -}}{{- $_ := set . "labelSelector" $own -}}{{- end -}}
{{- end -}}
{{- range $rules.preferredDuringSchedulingIgnoredDuringExecution -}}
{{- if not .podAffinityTerm.labelSelector -}}{{- $_ := set .podAffinityTerm "labelSelector" $own -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $affinity -}}
{{- end -}}

{{- define "gpu-provisioner.topologySpreadConstraints" -}}
{{- $own := dict "matchLabels" (include "gpu-provisioner.selectorLabels" . | fromYaml) -}}
{{- $constraints := list -}}
{{- range .Values.topologySpreadConstraints -}}
{{- $constraints = append $constraints (merge (dict) . (dict "labelSelector" $own)) -}}
{{- end -}}
{{- toYaml $constraints -}}
{{- end -}}

{{/* What the controller's pods and the pod of the uninstall hook have in common. */}}
{{- define "gpu-provisioner.podPlace" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .Values.dnsPolicy }}
dnsPolicy: {{ . }}
{{- end }}
{{- with .Values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .Values.hostNetwork }}
hostNetwork: true
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
affinity:
  {{- include "gpu-provisioner.affinity" . | nindent 2 }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
