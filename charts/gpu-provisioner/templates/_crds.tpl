{{/* Whether a CRD of the cluster, as lookup answers it, was made by this release: "true", or nothing. Takes it and the root. */}}

{{- define "gpu-provisioner.ownsCrd" -}}
{{- $marks := dig "metadata" "annotations" dict (index . 0) -}}
{{- $root := index . 1 -}}
{{- if and (eq (get $marks "meta.helm.sh/release-name") $root.Release.Name) (eq (get $marks "meta.helm.sh/release-namespace") $root.Release.Namespace) -}}
true
{{- end -}}
{{- end -}}

{{/*
Kinds whose CRD another made without the version that the controller speaks, one line each, as a JSON list: NOTES.txt prints
them. KAITO's charts v0.3.0 to v0.4.1 have NodeClaims so.
*/}}

{{- define "gpu-provisioner.unspokenKinds" -}}
{{- $lines := list -}}
{{- range $path, $bytes := .Files.Glob "files/crds/*.yaml" -}}
{{- $crd := $bytes | toString | fromYaml -}}
{{- $present := lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" $crd.metadata.name -}}
{{- if and $present (or (ne $crd.spec.group "kaito.sh") $.Values.workspace.enabled) (not (include "gpu-provisioner.ownsCrd" (list $present $))) -}}
{{- $spoken := (first $crd.spec.versions).name -}}
{{- $served := list -}}
{{- range $present.spec.versions -}}
{{- if .served -}}
{{- $served = append $served .name -}}
{{- end -}}
{{- end -}}
{{- if not (has $spoken $served) -}}
{{- $lines = append $lines (printf "%ss: served as %s, not as %s" $crd.spec.names.kind (join ", " $served) $spoken) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $lines -}}
{{- end -}}
