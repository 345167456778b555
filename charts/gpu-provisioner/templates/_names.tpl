{{/* Names and labels. They are those of Azure's chart, so that an upgrade from it takes over its objects. */}}

{{- define "gpu-provisioner.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "gpu-provisioner.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $own := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $own .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "gpu-provisioner.namespace" -}}
{{- default .Release.Namespace .Values.namespace -}}
{{- end -}}

{{/* Not the full name: federated credentials name it, and Azure's chart always calls it so. */}}
{{- define "gpu-provisioner.serviceAccountName" -}}
{{- default "gpu-provisioner" .Values.serviceAccount.name -}}
{{- end -}}

{{/* Immutable in a Deployment: never change these. */}}
{{- define "gpu-provisioner.selectorLabels" -}}
app.kubernetes.io/name: {{ include "gpu-provisioner.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "gpu-provisioner.sharedLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.additionalLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "gpu-provisioner.labels" -}}
{{ include "gpu-provisioner.selectorLabels" . }}
{{ include "gpu-provisioner.sharedLabels" . }}
{{- end -}}

{{/* `annotations:` with the common ones and those of the list's second item; nothing where there are none. */}}
{{- define "gpu-provisioner.annotations" -}}
{{- $root := index . 0 -}}
{{- with merge (dict) (index . 1 | default dict) ($root.Values.additionalAnnotations | default dict) -}}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}
