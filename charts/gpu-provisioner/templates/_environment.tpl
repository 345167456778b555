{{/* The environment: what the chart knows, and the entries of controller.env, which win over settings. */}}

{{/* Names that only the chart decides: there is one lease, and it is always held. */}}
{{- define "gpu-provisioner.ownedNames" -}}
{{- list "LEADER_ELECT" "DISABLE_LEADER_ELECTION" "LEADER_ELECTION_NAMESPACE" "POD_NAME" | toJson -}}
{{- end -}}

{{/* The entries of controller.env that say something, as {name: entry}; of two with one name the last. */}}
{{- define "gpu-provisioner.userEnvironment" -}}
{{- $owned := include "gpu-provisioner.ownedNames" . | fromJsonArray -}}
{{- $ports := dict "METRICS_PORT" "controller.metrics.port" "HEALTH_PROBE_PORT" "controller.healthProbe.port" -}}
{{- $entries := dict -}}
{{- range .Values.controller.env | default list -}}
{{- $says := or .valueFrom (not (has (toString .value) (list "" "<nil>"))) -}}
{{- if and $says (hasKey $ports .name) -}}
{{- fail (printf "\n\ncontroller.env sets %s: set %s, which the pod's ports follow" .name (get $ports .name)) -}}
{{- end -}}
{{- if and $says (not (has .name $owned)) -}}
{{- $entry := ternary . (dict "name" .name "value" (toString .value)) (not (not .valueFrom)) -}}
{{- $_ := set $entries .name $entry -}}
{{- end -}}
{{- end -}}
{{- toJson $entries -}}
{{- end -}}

{{/* The Role names the same lease as the controller. */}}
{{- define "gpu-provisioner.leaseName" -}}
{{- $user := include "gpu-provisioner.userEnvironment" . | fromJson -}}
{{- dig "LEADER_ELECTION_NAME" "value" "gpu-provisioner-leader-election" $user -}}
{{- end -}}

{{- define "gpu-provisioner.environment" -}}
{{- $user := include "gpu-provisioner.userEnvironment" . | fromJson -}}
{{- $azure := dig "azure" dict (.Values.settings | default dict) -}}
{{- $required := dict "ARM_SUBSCRIPTION_ID" "subscriptionId" "ARM_RESOURCE_GROUP" "resourceGroup" "AZURE_CLUSTER_NAME" "clusterName" -}}
{{- $missing := list -}}
{{- range $name, $key := $required -}}
{{- if not (or (hasKey $user $name) (get $azure $key) $.Values.controller.envFrom) -}}
{{- $missing = append $missing (printf "settings.azure.%s" $key) -}}
{{- end -}}
{{- end -}}
{{- if $missing -}}
{{- fail (printf "\n\nMissing: %s. The controller must know its cluster." (join ", " $missing)) -}}
{{- end -}}
{{- $heap := include "gpu-provisioner.heapMiB" . -}}
{{- $nodeOptions := list -}}
{{- if $heap -}}{{- $nodeOptions = append $nodeOptions (printf "--max-old-space-size=%s" $heap) -}}{{- end -}}
{{- with dig "NODE_OPTIONS" "value" "" $user -}}{{- $nodeOptions = append $nodeOptions . -}}{{- end -}}
{{- $level := .Values.controller.logLevel | default .Values.logLevel -}}
{{- $client := ternary .Values.workloadIdentity.clientId "" (eq .Values.deploymentMode "managed") -}}
{{- $plain := list
    (list "ARM_SUBSCRIPTION_ID" $azure.subscriptionId)
    (list "ARM_RESOURCE_GROUP" $azure.resourceGroup)
    (list "AZURE_CLUSTER_NAME" $azure.clusterName)
    (list "LOCATION" $azure.location)
    (list "AZURE_ENVIRONMENT" $azure.cloud)
    (list "AZURE_CLIENT_ID" $client)
    (list "DEPLOYMENT_MODE" .Values.deploymentMode)
    (list "LOG_LEVEL" $level)
    (list "DEPLOYMENT_NAME" (include "gpu-provisioner.fullname" .))
-}}
{{- if .Values.statusPage.enabled -}}
{{- $plain = append $plain (list "STATUS_PAGE" "true") -}}
{{- end -}}
{{- if .Values.workspace.enabled -}}
{{- $plain = concat $plain (list
    (list "WORKSPACES" "true")
    (list "WORKSPACE_CLAIMS" .Values.workspace.claims)
    (list "PRESET_RELEASE" .Values.workspace.presetRelease)
    (list "PRESET_REGISTRY_NAME" .Values.workspace.presetRegistry)
    (list "PRESETS_FILE" (ternary "/etc/gpu-provisioner/presets.json" "" (not (not .Values.workspace.presets))))
    (list "WORKSPACE_DOWNLOADER_IMAGE" .Values.workspace.downloaderImage)
    (list "WORKSPACE_PUSHER_IMAGE" .Values.workspace.pusherImage)
) -}}
{{- end -}}
{{- $entries := list
    (dict "name" "POD_NAME" "valueFrom" (dict "fieldRef" (dict "fieldPath" "metadata.name")))
    (dict "name" "LEADER_ELECT" "value" "true")
    (dict "name" "LEADER_ELECTION_NAMESPACE" "valueFrom" (dict "fieldRef" (dict "fieldPath" "metadata.namespace")))
    (dict "name" "METRICS_PORT" "value" (.Values.controller.metrics.port | toString))
    (dict "name" "HEALTH_PROBE_PORT" "value" (.Values.controller.healthProbe.port | toString))
-}}
{{- range $plain -}}
{{- $name := index . 0 -}}
{{- if and (index . 1) (not (hasKey $user $name)) -}}
{{- $entries = append $entries (dict "name" $name "value" (index . 1 | toString)) -}}
{{- end -}}
{{- end -}}
{{- if and $nodeOptions (not (dig "NODE_OPTIONS" "valueFrom" "" $user)) -}}
{{- $entries = append $entries (dict "name" "NODE_OPTIONS" "value" (join " " $nodeOptions)) -}}
{{- $user = omit $user "NODE_OPTIONS" -}}
{{- end -}}
{{- range $user -}}
{{- $entries = append $entries . -}}
{{- end -}}
{{- toYaml $entries -}}
{{- end -}}
