// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file
// one thing: the paper's text.
//
// Made by scripts/generate-openapi from Protocol/openapi.yaml. Change that document, not this file.

/// What the API is, for programs.
enum OpenAPIDocument {
    /// OpenAPI 3.1 in JSON.
    static let text = ###"""
        {
         "components": {
          "headers": {
           "ETag": {
            "description": "The tag of the record's state.",
            "required": true,
            "schema": {
             "$ref": "#/components/schemas/Tag"
            }
           }
          },
          "parameters": {
           "IdempotencyKey": {
            "description": "The app's own name for this write.",
            "in": "header",
            "name": "Idempotency-Key",
            "schema": {
             "pattern": "^[!-~]{1,128}$",
             "type": "string"
            }
           },
           "IfMatch": {
            "description": "Tags of states the record must be in. To replace a record it is needed, else 428.",
            "in": "header",
            "name": "If-Match",
            "schema": {
             "type": "string"
            }
           },
           "LastEventID": {
            "description": "A position; goes before since.",
            "in": "header",
            "name": "Last-Event-ID",
            "schema": {
             "type": "string"
            }
           },
           "act": {
            "description": "A code.",
            "in": "query",
            "name": "act",
            "schema": {
             "type": "string"
            }
           },
           "after": {
            "description": "The next of the page before.",
            "in": "query",
            "name": "after",
            "schema": {
             "type": "string"
            }
           },
           "archived": {
            "description": "1 for archived ones too.",
            "in": "query",
            "name": "archived",
            "schema": {
             "enum": [
              "0",
              "1"
             ]
            }
           },
           "area": {
            "in": "query",
            "name": "area",
            "schema": {
             "$ref": "#/components/schemas/Area"
            }
           },
           "auditSince": {
            "description": "A date or time.",
            "in": "query",
            "name": "since",
            "schema": {
             "type": "string"
            }
           },
           "collections": {
            "description": "Names, joined by commas.",
            "in": "query",
            "name": "collection",
            "schema": {
             "type": "string"
            }
           },
           "heartbeat": {
            "description": "Of a stream, in seconds.",
            "in": "query",
            "name": "heartbeat",
            "schema": {
             "maximum": 60,
             "minimum": 1,
             "type": "integer"
            }
           },
           "last": {
            "description": "So many of the last changes first.",
            "in": "query",
            "name": "last",
            "schema": {
             "maximum": 500,
             "minimum": 0,
             "type": "integer"
            }
           },
           "limit": {
            "in": "query",
            "name": "limit",
            "schema": {
             "maximum": 1000,
             "minimum": 1,
             "type": "integer"
            }
           },
           "onlyConflicts": {
            "description": "1 for those in conflict only.",
            "in": "query",
            "name": "conflicts",
            "schema": {
             "enum": [
              "0",
              "1"
             ]
            }
           },
           "order": {
            "description": "created_at, updated_at or a field; - before it turns it round.",
            "in": "query",
            "name": "order",
            "schema": {
             "type": "string"
            }
           },
           "pageLimit": {
            "in": "query",
            "name": "limit",
            "schema": {
             "maximum": 500,
             "minimum": 1,
             "type": "integer"
            }
           },
           "path_code": {
            "description": "A report's code, R1 to R14.",
            "in": "path",
            "name": "code",
            "required": true,
            "schema": {
             "minLength": 2,
             "type": "string"
            }
           },
           "path_collection": {
            "description": "A collection's name.",
            "in": "path",
            "name": "collection",
            "required": true,
            "schema": {
             "minLength": 1,
             "type": "string"
            }
           },
           "path_id": {
            "description": "A record's id.",
            "in": "path",
            "name": "id",
            "required": true,
            "schema": {
             "minLength": 1,
             "type": "string"
            }
           },
           "path_invitation": {
            "description": "An invitation's id.",
            "in": "path",
            "name": "id",
            "required": true,
            "schema": {
             "minLength": 1,
             "type": "string"
            }
           },
           "path_name": {
            "description": "A token's name.",
            "in": "path",
            "name": "name",
            "required": true,
            "schema": {
             "minLength": 1,
             "type": "string"
            }
           },
           "path_peer": {
            "description": "A node's name, area, or 8 digits of its key or more.",
            "in": "path",
            "name": "peer",
            "required": true,
            "schema": {
             "minLength": 1,
             "type": "string"
            }
           },
           "plain": {
            "description": "1 for sensitive values as they are.",
            "in": "query",
            "name": "plain",
            "schema": {
             "enum": [
              "0",
              "1"
             ]
            }
           },
           "prefer": {
            "description": "respond-async has the work done as a job (RFC 7240).",
            "in": "header",
            "name": "Prefer",
            "schema": {
             "type": "string"
            }
           },
           "reason": {
            "description": "Why; needed with plain.",
            "in": "query",
            "name": "reason",
            "schema": {
             "maxLength": 200,
             "minLength": 1,
             "type": "string"
            }
           },
           "since": {
            "description": "A position.",
            "in": "query",
            "name": "since",
            "schema": {
             "type": "string"
            }
           },
           "snapshot": {
            "description": "1 for the records that are here first.",
            "in": "query",
            "name": "snapshot",
            "schema": {
             "enum": [
              "0",
              "1"
             ]
            }
           }
          },
          "responses": {
           "Accepted": {
            "content": {
             "application/json": {
              "schema": {
               "$ref": "#/components/schemas/Job"
              }
             }
            },
            "description": "The work goes on; Location says where to ask for it.",
            "headers": {
             "Location": {
              "schema": {
               "type": "string"
              }
             }
            }
           },
           "Problem": {
            "content": {
             "application/problem+json": {
              "schema": {
               "$ref": "#/components/schemas/Problem"
              }
             }
            },
            "description": "Why not."
           }
          },
          "schemas": {
           "Any": {
            "properties": {
             "schema": {
              "type": "string"
             }
            },
            "required": [
             "schema"
            ],
            "type": "object"
           },
           "Approve": {
            "additionalProperties": false,
            "properties": {
             "chain": {
              "type": "string"
             }
            },
            "required": [
             "chain"
            ],
            "type": "object"
           },
           "Area": {
            "pattern": "^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15}|[0-9]{17}|[0-9]{19})$",
            "type": "string"
           },
           "Audit": {
            "properties": {
             "items": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "next": {
              "type": [
               "string",
               "null"
              ]
             },
             "schema": {
              "const": "onegrid.audit/1"
             }
            },
            "required": [
             "schema",
             "items",
             "next"
            ],
            "type": "object"
           },
           "Authority": {
            "properties": {
             "area": {
              "$ref": "#/components/schemas/Area"
             },
             "chain": {
              "type": "string"
             },
             "key": {
              "type": "string"
             },
             "name": {
              "type": "string"
             },
             "root_key": {
              "type": "string"
             },
             "schema": {
              "const": "onegrid.authority/1"
             }
            },
            "required": [
             "schema",
             "name",
             "area",
             "key",
             "root_key",
             "chain"
            ],
            "type": "object"
           },
           "BackupNote": {
            "additionalProperties": false,
            "properties": {
             "entries": {
              "type": "integer"
             },
             "kind": {
              "enum": [
               "backup",
               "drill"
              ]
             },
             "taken_at": {
              "type": "string"
             }
            },
            "required": [
             "kind",
             "taken_at",
             "entries"
            ],
            "type": "object"
           },
           "Batch": {
            "additionalProperties": false,
            "properties": {
             "writes": {
              "items": {
               "$ref": "#/components/schemas/Write"
              },
              "maxItems": 500,
              "minItems": 1,
              "type": "array"
             }
            },
            "required": [
             "writes"
            ],
            "type": "object"
           },
           "BatchAnswer": {
            "properties": {
             "items": {
              "items": {
               "$ref": "#/components/schemas/Written"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.batch/1"
             }
            },
            "required": [
             "schema",
             "items"
            ],
            "type": "object"
           },
           "Bundle": {
            "properties": {
             "bytes": {
              "type": "integer"
             },
             "entries": {
              "type": "integer"
             },
             "has_more": {
              "type": "boolean"
             },
             "id": {
              "type": "string"
             },
             "made_at": {
              "$ref": "#/components/schemas/Time"
             },
             "name": {
              "type": "string"
             },
             "part": {
              "type": "integer"
             },
             "path": {
              "type": "string"
             },
             "schema": {
              "const": "onegrid.bundle/1"
             },
             "to": {
              "type": "object"
             }
            },
            "required": [
             "schema",
             "to",
             "path",
             "id",
             "name",
             "part",
             "made_at",
             "entries",
             "bytes",
             "has_more"
            ],
            "type": "object"
           },
           "BundleCarried": {
            "additionalProperties": false,
            "properties": {
             "id": {
              "pattern": "^[0-9a-f]{16}$",
              "type": "string"
             },
             "part": {
              "minimum": 1,
              "type": "integer"
             }
            },
            "required": [
             "id",
             "part"
            ],
            "type": "object"
           },
           "BundleContent": {
            "properties": {
             "from": {
              "type": "object"
             },
             "lanes": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "problem": {
              "type": [
               "object",
               "null"
              ]
             },
             "schema": {
              "const": "onegrid.bundle_content/1"
             }
            },
            "required": [
             "schema",
             "from",
             "name",
             "part",
             "made_at",
             "software",
             "lanes",
             "logs_held",
             "logs_believed",
             "has_more",
             "problem"
            ],
            "type": "object"
           },
           "BundleExport": {
            "additionalProperties": false,
            "properties": {
             "again": {
              "type": "boolean"
             },
             "max_bytes": {
              "maximum": 1073741824,
              "minimum": 65536,
              "type": [
               "integer",
               "null"
              ]
             },
             "to": {
              "type": "string"
             }
            },
            "required": [
             "to"
            ],
            "type": "object"
           },
           "BundleFile": {
            "additionalProperties": false,
            "properties": {
             "file": {
              "type": "string"
             }
            },
            "required": [
             "file"
            ],
            "type": "object"
           },
           "BundleImported": {
            "properties": {
             "from": {
              "type": "object"
             },
             "new_entries": {
              "type": "integer"
             },
             "noted": {
              "type": [
               "boolean",
               "null"
              ]
             },
             "problem": {
              "type": [
               "object",
               "null"
              ]
             },
             "refused": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.bundle_imported/1"
             }
            },
            "required": [
             "schema",
             "from",
             "name",
             "part",
             "made_at",
             "software",
             "runs",
             "new_entries",
             "known_runs",
             "parked_runs",
             "set_aside_runs",
             "gaps",
             "refused",
             "acknowledged_entries",
             "has_more",
             "noted",
             "problem"
            ],
            "type": "object"
           },
           "BundleOnRoad": {
            "properties": {
             "entries": {
              "type": "integer"
             },
             "name": {
              "type": "string"
             },
             "part": {
              "type": "integer"
             },
             "schema": {
              "const": "onegrid.bundle_carried/1"
             }
            },
            "required": [
             "schema",
             "name",
             "part",
             "entries"
            ],
            "type": "object"
           },
           "BundlePlan": {
            "additionalProperties": false,
            "properties": {
             "again": {
              "type": "boolean"
             },
             "to": {
              "type": "string"
             }
            },
            "required": [
             "to"
            ],
            "type": "object"
           },
           "BundlePlanned": {
            "properties": {
             "bytes": {
              "type": "integer"
             },
             "entries": {
              "type": "integer"
             },
             "lanes": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "on_the_road": {
              "type": [
               "object",
               "null"
              ]
             },
             "schema": {
              "const": "onegrid.bundle_plan/1"
             },
             "to": {
              "type": "object"
             }
            },
            "required": [
             "schema",
             "to",
             "entries",
             "bytes",
             "lanes",
             "on_the_road"
            ],
            "type": "object"
           },
           "Calls": {
            "properties": {
             "called": {
              "items": {
               "type": "string"
              },
              "type": "array"
             },
             "paused": {
              "type": "boolean"
             },
             "schema": {
              "const": "onegrid.calls/1"
             }
            },
            "required": [
             "schema",
             "called",
             "paused"
            ],
            "type": "object"
           },
           "Certificate": {
            "additionalProperties": false,
            "properties": {
             "certificate": {
              "type": "string"
             }
            },
            "required": [
             "certificate"
            ],
            "type": "object"
           },
           "Change": {
            "properties": {
             "code": {
              "type": "string"
             },
             "en": {
              "type": "string"
             },
             "event": {
              "enum": [
               "change",
               "live",
               "heartbeat",
               "reset"
              ]
             },
             "id": {
              "type": "string"
             },
             "operation": {
              "enum": [
               "created",
               "changed",
               "archived",
               "present"
              ]
             },
             "record": {
              "$ref": "#/components/schemas/RecordItem"
             },
             "schema": {
              "const": "onegrid.change/1"
             },
             "sequence": {
              "type": "integer"
             },
             "zh": {
              "type": "string"
             }
            },
            "required": [
             "schema",
             "event",
             "id"
            ],
            "type": "object"
           },
           "Changes": {
            "properties": {
             "items": {
              "items": {
               "$ref": "#/components/schemas/Change"
              },
              "type": "array"
             },
             "more": {
              "type": "boolean"
             },
             "next": {
              "type": "string"
             },
             "schema": {
              "const": "onegrid.changes/1"
             },
             "snapshot": {
              "type": "boolean"
             }
            },
            "required": [
             "schema",
             "items",
             "next",
             "more",
             "snapshot"
            ],
            "type": "object"
           },
           "Collections": {
            "properties": {
             "edition": {
              "type": "integer"
             },
             "items": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.collections/1"
             }
            },
            "required": [
             "schema",
             "edition",
             "items"
            ],
            "type": "object"
           },
           "Conflicts": {
            "properties": {
             "items": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.conflicts/1"
             }
            },
            "required": [
             "schema",
             "items"
            ],
            "type": "object"
           },
           "Create": {
            "additionalProperties": false,
            "properties": {
             "area": {
              "oneOf": [
               {
                "$ref": "#/components/schemas/Area"
               },
               {
                "type": "null"
               }
              ]
             },
             "fields": {
              "type": [
               "object",
               "null"
              ]
             }
            },
            "type": "object"
           },
           "CutOff": {
            "additionalProperties": false,
            "properties": {
             "cutoff": {
              "type": "string"
             }
            },
            "required": [
             "cutoff"
            ],
            "type": "object"
           },
           "CutOffDraft": {
            "additionalProperties": false,
            "properties": {
             "peer": {
              "type": "string"
             },
             "since": {
              "type": [
               "string",
               "null"
              ]
             }
            },
            "required": [
             "peer"
            ],
            "type": "object"
           },
           "Difference": {
            "properties": {
             "logs": {
              "items": {
               "required": [
                "log",
                "area",
                "lane",
                "author",
                "here",
                "there",
                "lacks",
                "entries",
                "bytes"
               ],
               "type": "object"
              },
              "type": "array"
             },
             "records": {
              "items": {
               "required": [
                "collection",
                "id",
                "area",
                "lane",
                "kind",
                "fields"
               ],
               "type": "object"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.difference/1"
             },
             "state": {
              "enum": [
               "equal",
               "differ",
               "not_comparable"
              ]
             }
            },
            "required": [
             "schema",
             "node",
             "name",
             "area",
             "state",
             "differing",
             "areas",
             "logs",
             "out",
             "in",
             "records"
            ],
            "type": "object"
           },
           "Digest": {
            "properties": {
             "areas": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.digest/1"
             }
            },
            "required": [
             "schema",
             "areas"
            ],
            "type": "object"
           },
           "Doctor": {
            "properties": {
             "healthy": {
              "type": "boolean"
             },
             "items": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "looks": {
              "type": "integer"
             },
             "now": {
              "$ref": "#/components/schemas/Time"
             },
             "schema": {
              "const": "onegrid.doctor/1"
             },
             "wrong": {
              "type": "integer"
             }
            },
            "required": [
             "schema",
             "now",
             "healthy",
             "wrong",
             "looks",
             "items"
            ],
            "type": "object"
           },
           "Document": {
            "properties": {
             "openapi": {
              "type": "string"
             },
             "paths": {
              "type": "object"
             }
            },
            "required": [
             "openapi",
             "paths"
            ],
            "type": "object"
           },
           "Export": {
            "additionalProperties": false,
            "properties": {
             "archived": {
              "type": [
               "boolean",
               "null"
              ]
             },
             "area": {
              "type": [
               "string",
               "null"
              ]
             },
             "fields": {
              "items": {
               "type": "string"
              },
              "type": [
               "array",
               "null"
              ]
             },
             "plain": {
              "type": [
               "boolean",
               "null"
              ]
             },
             "reason": {
              "type": [
               "string",
               "null"
              ]
             }
            },
            "type": "object"
           },
           "Fault": {
            "properties": {
             "code": {
              "type": "string"
             },
             "en": {
              "type": "string"
             },
             "pointer": {
              "type": "string"
             },
             "severity": {
              "enum": [
               "refusal",
               "advice"
              ]
             },
             "zh": {
              "type": "string"
             }
            },
            "required": [
             "pointer",
             "code",
             "severity",
             "zh",
             "en"
            ],
            "type": "object"
           },
           "Fields": {
            "description": "Values by the names of fields.",
            "type": "object"
           },
           "History": {
            "properties": {
             "items": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "next": {
              "type": [
               "string",
               "null"
              ]
             },
             "plain": {
              "type": "boolean"
             },
             "schema": {
              "const": "onegrid.history/1"
             }
            },
            "required": [
             "schema",
             "items",
             "plain",
             "next"
            ],
            "type": "object"
           },
           "Import": {
            "additionalProperties": false,
            "properties": {
             "apply": {
              "type": [
               "boolean",
               "null"
              ]
             },
             "area": {
              "type": [
               "string",
               "null"
              ]
             },
             "file": {
              "type": [
               "string",
               "null"
              ]
             },
             "first_row": {
              "maximum": 10000000,
              "minimum": 1,
              "type": [
               "integer",
               "null"
              ]
             },
             "key": {
              "description": "Fields by which records are found again; without it those usual in the collection.",
              "items": {
               "type": "string"
              },
              "type": [
               "array",
               "null"
              ]
             },
             "numbers": {
              "description": "The number of each row in its sheet; without it they go on from `first_row`.",
              "items": {
               "maximum": 10000000,
               "minimum": 1,
               "type": "integer"
              },
              "maxItems": 500,
              "type": [
               "array",
               "null"
              ]
             },
             "rows": {
              "items": {
               "type": "object"
              },
              "maxItems": 500,
              "type": "array"
             },
             "sheet": {
              "additionalProperties": false,
              "description": "The file that the rows are a part of.",
              "properties": {
               "digest": {
                "type": [
                 "string",
                 "null"
                ]
               },
               "last": {
                "type": [
                 "boolean",
                 "null"
                ]
               },
               "rows": {
                "type": [
                 "integer",
                 "null"
                ]
               }
              },
              "type": [
               "object",
               "null"
              ]
             }
            },
            "required": [
             "rows"
            ],
            "type": "object"
           },
           "ImportAnswer": {
            "properties": {
             "applied": {
              "type": "integer"
             },
             "changed": {
              "type": "integer"
             },
             "changed_fields": {
              "additionalProperties": {
               "type": "integer"
              },
              "type": "object"
             },
             "errors": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "ids": {
              "items": {
               "$ref": "#/components/schemas/RecordID"
              },
              "type": "array"
             },
             "keys": {
              "items": {
               "type": [
                "string",
                "null"
               ]
              },
              "type": "array"
             },
             "missing_fields": {
              "additionalProperties": {
               "type": "integer"
              },
              "type": "object"
             },
             "new": {
              "type": "integer"
             },
             "noted": {
              "type": [
               "boolean",
               "null"
              ]
             },
             "same": {
              "type": "integer"
             },
             "schema": {
              "const": "onegrid.import/1"
             },
             "wrong": {
              "type": "integer"
             }
            },
            "required": [
             "schema",
             "new",
             "changed",
             "same",
             "wrong",
             "applied",
             "changed_fields",
             "missing_fields",
             "keys",
             "ids",
             "errors",
             "noted"
            ],
            "type": "object"
           },
           "Invite": {
            "additionalProperties": false,
            "properties": {
             "addresses": {
              "items": {
               "type": "string"
              },
              "type": [
               "array",
               "null"
              ]
             },
             "area": {
              "type": "string"
             },
             "name": {
              "type": "string"
             },
             "seconds": {
              "type": [
               "integer",
               "null"
              ]
             }
            },
            "required": [
             "name",
             "area"
            ],
            "type": "object"
           },
           "Items": {
            "properties": {
             "items": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "schema": {
              "type": "string"
             }
            },
            "required": [
             "schema",
             "items"
            ],
            "type": "object"
           },
           "Job": {
            "properties": {
             "ended_at": {
              "type": [
               "string",
               "null"
              ]
             },
             "id": {
              "type": "string"
             },
             "kind": {
              "enum": [
               "verify",
               "rebuild",
               "snapshot",
               "bundle_export",
               "bundle_import"
              ]
             },
             "problem": {
              "type": [
               "object",
               "null"
              ]
             },
             "progress": {
              "properties": {
               "done": {
                "type": "integer"
               },
               "total": {
                "type": "integer"
               },
               "unit": {
                "enum": [
                 "runs",
                 "bytes"
                ]
               }
              },
              "required": [
               "done",
               "total",
               "unit"
              ],
              "type": [
               "object",
               "null"
              ]
             },
             "result": {
              "type": [
               "object",
               "null"
              ]
             },
             "schema": {
              "const": "onegrid.job/1"
             },
             "started_at": {
              "$ref": "#/components/schemas/Time"
             },
             "state": {
              "enum": [
               "running",
               "done",
               "failed"
              ]
             },
             "status": {
              "type": [
               "integer",
               "null"
              ]
             }
            },
            "required": [
             "schema",
             "id",
             "kind",
             "state",
             "started_at",
             "ended_at",
             "progress",
             "status",
             "result",
             "problem"
            ],
            "type": "object"
           },
           "Lag": {
            "properties": {
             "budget": {
              "type": "object"
             },
             "items": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "now": {
              "$ref": "#/components/schemas/Time"
             },
             "out": {
              "type": "object"
             },
             "schema": {
              "const": "onegrid.lag/1"
             }
            },
            "required": [
             "schema",
             "now",
             "items",
             "out",
             "budget"
            ],
            "type": "object"
           },
           "Link": {
            "properties": {
             "all": {
              "type": "boolean"
             },
             "noted": {
              "type": "boolean"
             },
             "paused": {
              "items": {
               "type": "string"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.link/1"
             }
            },
            "required": [
             "schema",
             "all",
             "paused",
             "noted"
            ],
            "type": "object"
           },
           "List": {
            "properties": {
             "items": {
              "items": {
               "$ref": "#/components/schemas/RecordItem"
              },
              "type": "array"
             },
             "next": {
              "type": [
               "string",
               "null"
              ]
             },
             "schema": {
              "const": "onegrid.list/1"
             }
            },
            "required": [
             "schema",
             "items",
             "next"
            ],
            "type": "object"
           },
           "Log": {
            "properties": {
             "entries": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "logs": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.log/1"
             }
            },
            "required": [
             "schema",
             "logs",
             "entries"
            ],
            "type": "object"
           },
           "Nothing": {
            "additionalProperties": false,
            "type": "object"
           },
           "Patch": {
            "additionalProperties": false,
            "properties": {
             "add": {
              "type": [
               "object",
               "null"
              ]
             },
             "archive": {
              "type": [
               "boolean",
               "null"
              ]
             },
             "fields": {
              "type": [
               "object",
               "null"
              ]
             },
             "remove": {
              "type": [
               "object",
               "null"
              ]
             }
            },
            "type": "object"
           },
           "Peer": {
            "additionalProperties": false,
            "properties": {
             "peer": {
              "type": [
               "string",
               "null"
              ]
             }
            },
            "type": "object"
           },
           "PeerNeeded": {
            "additionalProperties": false,
            "properties": {
             "peer": {
              "type": "string"
             }
            },
            "required": [
             "peer"
            ],
            "type": "object"
           },
           "Problem": {
            "properties": {
             "code": {
              "pattern": "^[a-zA-Z_0-9]+$",
              "type": "string"
             },
             "detail": {
              "type": "string"
             },
             "en": {
              "type": "string"
             },
             "errors": {
              "items": {
               "$ref": "#/components/schemas/Fault"
              },
              "type": "array"
             },
             "etag": {
              "$ref": "#/components/schemas/Tag"
             },
             "instance": {
              "type": "string"
             },
             "present": {
              "$ref": "#/components/schemas/Fields"
             },
             "problems": {
              "items": {
               "$ref": "#/components/schemas/Fault"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.problem/1"
             },
             "status": {
              "type": "integer"
             },
             "title": {
              "type": "string"
             },
             "type": {
              "type": "string"
             },
             "zh": {
              "type": "string"
             }
            },
            "required": [
             "schema",
             "type",
             "title",
             "status",
             "detail",
             "instance",
             "code",
             "zh",
             "en",
             "errors"
            ],
            "type": "object"
           },
           "Proofs": {
            "properties": {
             "items": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.proofs/1"
             }
            },
            "required": [
             "schema",
             "items"
            ],
            "type": "object"
           },
           "Put": {
            "allOf": [
             {
              "$ref": "#/components/schemas/Written"
             },
             {
              "properties": {
               "schema": {
                "const": "onegrid.put/1"
               }
              },
              "required": [
               "schema"
              ]
             }
            ]
           },
           "QuarantineExport": {
            "properties": {
             "bytes": {
              "type": "integer"
             },
             "entries": {
              "type": "integer"
             },
             "name": {
              "type": "string"
             },
             "noted": {
              "type": "boolean"
             },
             "path": {
              "type": "string"
             },
             "schema": {
              "const": "onegrid.quarantine_export/1"
             },
             "to": {
              "type": "object"
             }
            },
            "required": [
             "schema",
             "to",
             "path",
             "name",
             "entries",
             "bytes",
             "noted"
            ],
            "type": "object"
           },
           "QuarantineImport": {
            "properties": {
             "from": {
              "type": "object"
             },
             "known_runs": {
              "type": "integer"
             },
             "new_entries": {
              "type": "integer"
             },
             "noted": {
              "type": [
               "boolean",
               "null"
              ]
             },
             "problem": {
              "type": [
               "object",
               "null"
              ]
             },
             "refused": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.quarantine_import/1"
             },
             "writers": {
              "items": {
               "type": "object"
              },
              "type": "array"
             }
            },
            "required": [
             "schema",
             "from",
             "name",
             "made_at",
             "software",
             "new_entries",
             "known_runs",
             "refused",
             "writers",
             "noted",
             "problem"
            ],
            "type": "object"
           },
           "QuarantineTo": {
            "additionalProperties": false,
            "properties": {
             "to": {
              "type": "string"
             }
            },
            "required": [
             "to"
            ],
            "type": "object"
           },
           "Query": {
            "additionalProperties": false,
            "properties": {
             "limit": {
              "maximum": 10000,
              "minimum": 1,
              "type": [
               "integer",
               "null"
              ]
             },
             "seconds": {
              "maximum": 10,
              "minimum": 1,
              "type": [
               "integer",
               "null"
              ]
             },
             "sql": {
              "type": "string"
             }
            },
            "required": [
             "sql"
            ],
            "type": "object"
           },
           "Record": {
            "allOf": [
             {
              "$ref": "#/components/schemas/RecordItem"
             },
             {
              "properties": {
               "plain": {
                "type": "boolean"
               },
               "schema": {
                "const": "onegrid.record/1"
               },
               "void": {
                "type": "array"
               }
              },
              "required": [
               "schema",
               "void",
               "plain"
              ]
             }
            ]
           },
           "RecordID": {
            "pattern": "^[0-9a-hjkmnp-tv-z]{16}$",
            "type": "string"
           },
           "RecordItem": {
            "properties": {
             "archived": {
              "type": "boolean"
             },
             "area": {
              "$ref": "#/components/schemas/Area"
             },
             "collection": {
              "type": "string"
             },
             "conflicts": {
              "items": {
               "type": "string"
              },
              "type": "array"
             },
             "created_at": {
              "$ref": "#/components/schemas/Time"
             },
             "etag": {
              "$ref": "#/components/schemas/Tag"
             },
             "fields": {
              "$ref": "#/components/schemas/Fields"
             },
             "former_area": {
              "$ref": "#/components/schemas/Area"
             },
             "id": {
              "$ref": "#/components/schemas/RecordID"
             },
             "masked": {
              "items": {
               "type": "string"
              },
              "type": "array"
             },
             "missing": {
              "items": {
               "type": "string"
              },
              "type": "array"
             },
             "sealed": {
              "properties": {
               "names": {
                "items": {
                 "type": "object"
                },
                "type": "array"
               },
               "opens": {
                "type": "boolean"
               },
               "readers": {
                "type": "integer"
               },
               "wrong": {
                "items": {
                 "type": "string"
                },
                "type": "array"
               }
              },
              "required": [
               "readers"
              ],
              "type": "object"
             },
             "updated_at": {
              "$ref": "#/components/schemas/Time"
             }
            },
            "required": [
             "id",
             "etag",
             "collection",
             "area",
             "archived",
             "fields",
             "conflicts",
             "missing",
             "masked",
             "created_at",
             "updated_at"
            ],
            "type": "object"
           },
           "Redact": {
            "properties": {
             "entries": {
              "type": "integer"
             },
             "fields": {
              "items": {
               "type": "string"
              },
              "type": "array"
             },
             "redactions": {
              "items": {
               "type": "string"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.redact/1"
             }
            },
            "required": [
             "schema",
             "redactions",
             "fields",
             "entries"
            ],
            "type": "object"
           },
           "Redactions": {
            "properties": {
             "items": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.redactions/1"
             }
            },
            "required": [
             "schema",
             "items"
            ],
            "type": "object"
           },
           "Reject": {
            "additionalProperties": false,
            "properties": {
             "reason": {
              "type": [
               "string",
               "null"
              ]
             }
            },
            "type": "object"
           },
           "Replace": {
            "additionalProperties": false,
            "properties": {
             "fields": {
              "type": [
               "object",
               "null"
              ]
             }
            },
            "type": "object"
           },
           "Resolve": {
            "additionalProperties": false,
            "properties": {
             "field": {
              "type": "string"
             },
             "keep": {
              "type": "integer"
             },
             "set": {
              "description": "Any value."
             }
            },
            "required": [
             "field"
            ],
            "type": "object"
           },
           "Rows": {
            "properties": {
             "columns": {
              "items": {
               "type": "string"
              },
              "type": "array"
             },
             "cut": {
              "type": "boolean"
             },
             "masked": {
              "items": {
               "type": "string"
              },
              "type": "array"
             },
             "rows": {
              "items": {
               "type": "array"
              },
              "type": "array"
             },
             "schema": {
              "type": "string"
             }
            },
            "required": [
             "schema",
             "columns",
             "rows",
             "cut",
             "masked"
            ],
            "type": "object"
           },
           "SQL": {
            "additionalProperties": false,
            "properties": {
             "plain": {
              "type": [
               "boolean",
               "null"
              ]
             },
             "reason": {
              "type": [
               "string",
               "null"
              ]
             },
             "sql": {
              "type": "string"
             }
            },
            "required": [
             "sql"
            ],
            "type": "object"
           },
           "Scopes": {
            "properties": {
             "items": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "own": {
              "$ref": "#/components/schemas/Area"
             },
             "rights": {
              "items": {
               "type": "string"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.scopes/1"
             }
            },
            "required": [
             "schema",
             "own",
             "rights",
             "items"
            ],
            "type": "object"
           },
           "Sheet": {
            "properties": {
             "area": {
              "type": "string"
             },
             "began_at": {
              "type": "string"
             },
             "caller": {
              "type": "string"
             },
             "changed": {
              "type": "integer"
             },
             "collection": {
              "type": "string"
             },
             "digest": {
              "type": "string"
             },
             "ended_at": {
              "type": [
               "string",
               "null"
              ]
             },
             "file": {
              "type": "string"
             },
             "new": {
              "type": "integer"
             },
             "number": {
              "type": "integer"
             },
             "rows": {
              "type": "integer"
             }
            },
            "required": [
             "number",
             "file",
             "collection",
             "area",
             "digest",
             "caller",
             "began_at",
             "ended_at",
             "rows",
             "new",
             "changed"
            ],
            "type": "object"
           },
           "SheetRows": {
            "properties": {
             "next": {
              "type": [
               "integer",
               "null"
              ]
             },
             "rows": {
              "items": {
               "properties": {
                "id": {
                 "$ref": "#/components/schemas/RecordID"
                },
                "row": {
                 "type": "integer"
                }
               },
               "required": [
                "row",
                "id"
               ],
               "type": "object"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.sheet/1"
             },
             "sheet": {
              "$ref": "#/components/schemas/Sheet"
             }
            },
            "required": [
             "schema",
             "sheet",
             "rows",
             "next"
            ],
            "type": "object"
           },
           "Sheets": {
            "properties": {
             "items": {
              "items": {
               "$ref": "#/components/schemas/Sheet"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.sheets/1"
             }
            },
            "required": [
             "schema",
             "items"
            ],
            "type": "object"
           },
           "Status": {
            "properties": {
             "api": {
              "type": [
               "string",
               "null"
              ]
             },
             "backups": {
              "type": [
               "object",
               "null"
              ]
             },
             "conflicts": {
              "type": "integer"
             },
             "findings": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "incidents": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "ledger": {
              "type": "object"
             },
             "listen": {
              "type": [
               "string",
               "null"
              ]
             },
             "node": {
              "type": "object"
             },
             "now": {
              "$ref": "#/components/schemas/Time"
             },
             "parallel_updates": {
              "type": "integer"
             },
             "peers": {
              "type": "object"
             },
             "records": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "schema": {
              "const": "onegrid.status/1"
             },
             "started_at": {
              "$ref": "#/components/schemas/Time"
             },
             "upstream": {
              "type": [
               "object",
               "null"
              ]
             },
             "version": {
              "type": "string"
             },
             "villages": {
              "type": "object"
             }
            },
            "required": [
             "schema",
             "node",
             "version",
             "started_at",
             "now",
             "listen",
             "api",
             "records",
             "ledger",
             "peers",
             "findings"
            ],
            "type": "object"
           },
           "Tables": {
            "properties": {
             "area": {
              "type": "string"
             },
             "areas": {
              "items": {
               "required": [
                "area",
                "state",
                "here",
                "there",
                "whole",
                "records",
                "reason"
               ],
               "type": "object"
              },
              "type": "array"
             },
             "differing": {
              "type": "integer"
             },
             "name": {
              "type": "string"
             },
             "node": {
              "type": "string"
             },
             "schema": {
              "const": "onegrid.tables/1"
             },
             "state": {
              "enum": [
               "equal",
               "differ",
               "not_comparable"
              ]
             }
            },
            "required": [
             "schema",
             "node",
             "name",
             "area",
             "state",
             "differing",
             "areas"
            ],
            "type": "object"
           },
           "Tag": {
            "pattern": "^\"[0-9a-f]{32}\"$",
            "type": "string"
           },
           "Time": {
            "description": "China's time with milliseconds.",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T.*\\+08:00$",
            "type": "string"
           },
           "TokenRequest": {
            "additionalProperties": false,
            "properties": {
             "collections": {
              "items": {
               "type": "string"
              },
              "minItems": 1,
              "type": "array"
             },
             "days": {
              "maximum": 36500,
              "minimum": 1,
              "type": [
               "integer",
               "null"
              ]
             },
             "name": {
              "pattern": "^[a-z0-9-]{1,40}$",
              "type": "string"
             },
             "plain": {
              "type": [
               "boolean",
               "null"
              ]
             },
             "read": {
              "type": [
               "boolean",
               "null"
              ]
             },
             "write": {
              "type": [
               "boolean",
               "null"
              ]
             }
            },
            "required": [
             "name",
             "collections"
            ],
            "type": "object"
           },
           "Verify": {
            "properties": {
             "entries": {
              "type": "integer"
             },
             "findings": {
              "items": {
               "type": "string"
              },
              "type": "array"
             },
             "ok": {
              "type": "boolean"
             },
             "records": {
              "type": "integer"
             },
             "runs": {
              "type": "integer"
             },
             "schema": {
              "const": "onegrid.verify/1"
             },
             "seconds": {
              "type": "number"
             }
            },
            "required": [
             "schema",
             "ok",
             "findings",
             "runs",
             "entries",
             "records",
             "seconds"
            ],
            "type": "object"
           },
           "Why": {
            "properties": {
             "about": {
              "enum": [
               "peer",
               "record"
              ]
             },
             "fields": {
              "items": {
               "type": "object"
              },
              "type": "array"
             },
             "found": {
              "type": "boolean"
             },
             "schema": {
              "const": "onegrid.why/1"
             },
             "steps": {
              "items": {
               "type": "object"
              },
              "type": "array"
             }
            },
            "required": [
             "schema",
             "about"
            ],
            "type": "object"
           },
           "Write": {
            "additionalProperties": false,
            "properties": {
             "add": {
              "type": [
               "object",
               "null"
              ]
             },
             "archive": {
              "type": [
               "boolean",
               "null"
              ]
             },
             "area": {
              "type": [
               "string",
               "null"
              ]
             },
             "collection": {
              "type": "string"
             },
             "fields": {
              "type": [
               "object",
               "null"
              ]
             },
             "id": {
              "type": [
               "string",
               "null"
              ]
             },
             "if_match": {
              "type": [
               "string",
               "null"
              ]
             },
             "remove": {
              "type": [
               "object",
               "null"
              ]
             },
             "replace": {
              "type": [
               "boolean",
               "null"
              ]
             }
            },
            "required": [
             "collection"
            ],
            "type": "object"
           },
           "Written": {
            "properties": {
             "advice": {
              "items": {
               "$ref": "#/components/schemas/Fault"
              },
              "type": "array"
             },
             "entries": {
              "items": {
               "type": "string"
              },
              "type": "array"
             },
             "etag": {
              "$ref": "#/components/schemas/Tag"
             },
             "id": {
              "$ref": "#/components/schemas/RecordID"
             }
            },
            "required": [
             "id",
             "entries",
             "etag",
             "advice"
            ],
            "type": "object"
           }
          },
          "securitySchemes": {
           "token": {
            "description": "Made by gridctl token create.",
            "scheme": "bearer",
            "type": "http"
           }
          }
         },
         "info": {
          "license": {
           "identifier": "Apache-2.0",
           "name": "Apache-2.0"
          },
          "summary": "The records of a grid node, for apps on the same machine.",
          "title": "Onegrid node API",
          "version": "1"
         },
         "openapi": "3.1.0",
         "paths": {
          "/v1/audit": {
           "get": {
            "operationId": "audit",
            "parameters": [
             {
              "$ref": "#/components/parameters/auditSince"
             },
             {
              "$ref": "#/components/parameters/act"
             },
             {
              "$ref": "#/components/parameters/area"
             },
             {
              "$ref": "#/components/parameters/after"
             },
             {
              "$ref": "#/components/parameters/limit"
             }
            ],
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Audit"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Who did what, newest first.",
            "tags": [
             "upkeep"
            ]
           }
          },
          "/v1/authority": {
           "get": {
            "operationId": "authority",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Authority"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "The node's certificate chain.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/authority/areas": {
           "get": {
            "operationId": "areaChanges",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Items"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.areas/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "What has become of area codes.",
            "tags": [
             "node"
            ]
           },
           "post": {
            "operationId": "addAreaChange",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "additionalProperties": false,
                "properties": {
                 "change": {
                  "type": "string"
                 }
                },
                "required": [
                 "change"
                ],
                "type": "object"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.area_change/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Takes a signed change of an area code into lane 0.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/authority/certificates": {
           "post": {
            "operationId": "addCertificate",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Certificate"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.certificate/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Takes a certificate into lane 0.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/authority/cutoffs": {
           "get": {
            "operationId": "cutoffs",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Items"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.cutoffs/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Keys that were cut off.",
            "tags": [
             "node"
            ]
           },
           "post": {
            "operationId": "addCutOff",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/CutOff"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.cutoff/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Takes a signed cut-off into lane 0.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/authority/cutoffs/draft": {
           "post": {
            "operationId": "draftCutOff",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/CutOffDraft"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.cutoff_draft/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "What would have to be signed.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/authority/exposure": {
           "post": {
            "operationId": "exposure",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "additionalProperties": false,
                "properties": {
                 "after": {
                  "type": "string"
                 },
                 "limit": {
                  "maximum": 20000,
                  "minimum": 1,
                  "type": "integer"
                 },
                 "peer": {
                  "type": "string"
                 },
                 "plain": {
                  "type": "boolean"
                 },
                 "reason": {
                  "type": "string"
                 },
                 "records": {
                  "type": "boolean"
                 }
                },
                "required": [
                 "peer"
                ],
                "type": "object"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.exposure/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Whose personal data was on a node; noted in the audit trail first.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/authority/posts": {
           "get": {
            "operationId": "posts",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Items"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Posts, who holds them, and who held them before.",
            "tags": [
             "authority"
            ]
           }
          },
          "/v1/backup/note": {
           "post": {
            "operationId": "noteBackup",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/BackupNote"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.backup_note/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Keeps when a backup was made or tried.",
            "tags": [
             "recovery"
            ]
           }
          },
          "/v1/backup/snapshot": {
           "post": {
            "operationId": "snapshot",
            "parameters": [
             {
              "$ref": "#/components/parameters/prefer"
             }
            ],
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Nothing"
               }
              }
             }
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.snapshot/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "202": {
              "$ref": "#/components/responses/Accepted"
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "A copy of the database as of one commit.",
            "tags": [
             "recovery"
            ]
           }
          },
          "/v1/batch": {
           "post": {
            "operationId": "batch",
            "parameters": [
             {
              "$ref": "#/components/parameters/IdempotencyKey"
             }
            ],
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Batch"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/BatchAnswer"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Several writes, all or none.",
            "tags": [
             "records"
            ]
           }
          },
          "/v1/bundles/carried": {
           "post": {
            "operationId": "bundleCarried",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/BundleCarried"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/BundleOnRoad"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Says that a part lies where it was wanted.",
            "tags": [
             "bundles"
            ]
           }
          },
          "/v1/bundles/export": {
           "post": {
            "operationId": "exportBundle",
            "parameters": [
             {
              "$ref": "#/components/parameters/prefer"
             }
            ],
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/BundleExport"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Bundle"
                }
               }
              },
              "description": "What was asked for."
             },
             "202": {
              "$ref": "#/components/responses/Accepted"
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Makes the next part of a bundle in the folder of bundles.",
            "tags": [
             "bundles"
            ]
           }
          },
          "/v1/bundles/import": {
           "post": {
            "operationId": "importBundle",
            "parameters": [
             {
              "$ref": "#/components/parameters/prefer"
             }
            ],
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/BundleFile"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/BundleImported"
                }
               }
              },
              "description": "What was asked for."
             },
             "202": {
              "$ref": "#/components/responses/Accepted"
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Takes in a bundle from the folder of bundles.",
            "tags": [
             "bundles"
            ]
           }
          },
          "/v1/bundles/inspect": {
           "post": {
            "operationId": "inspectBundle",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/BundleFile"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/BundleContent"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Looks what is in a bundle and takes nothing in.",
            "tags": [
             "bundles"
            ]
           }
          },
          "/v1/bundles/plan": {
           "post": {
            "operationId": "planBundle",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/BundlePlan"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/BundlePlanned"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "What a bundle for a peer would carry.",
            "tags": [
             "bundles"
            ]
           }
          },
          "/v1/changes": {
           "get": {
            "operationId": "changes",
            "parameters": [
             {
              "$ref": "#/components/parameters/since"
             },
             {
              "$ref": "#/components/parameters/snapshot"
             },
             {
              "$ref": "#/components/parameters/last"
             },
             {
              "$ref": "#/components/parameters/collections"
             },
             {
              "$ref": "#/components/parameters/area"
             },
             {
              "$ref": "#/components/parameters/pageLimit"
             },
             {
              "$ref": "#/components/parameters/heartbeat"
             },
             {
              "$ref": "#/components/parameters/LastEventID"
             }
            ],
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Changes"
                }
               },
               "application/x-ndjson": {
                "schema": {
                 "description": "A `Change` a line.",
                 "type": "string"
                }
               },
               "text/event-stream": {
                "schema": {
                 "description": "A `Change` as the data of each event.",
                 "type": "string"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Changes of records, in order.",
            "tags": [
             "feed"
            ]
           }
          },
          "/v1/collections": {
           "get": {
            "operationId": "collections",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Collections"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Collections and fields of the catalogue.",
            "tags": [
             "records"
            ]
           }
          },
          "/v1/conflicts": {
           "get": {
            "operationId": "conflicts",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Conflicts"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Fields in conflict.",
            "tags": [
             "records"
            ]
           }
          },
          "/v1/digest": {
           "get": {
            "operationId": "digest",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Digest"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "What proves two nodes equal.",
            "tags": [
             "upkeep"
            ]
           }
          },
          "/v1/doctor": {
           "get": {
            "operationId": "doctor",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Doctor"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "What is wrong, and what to do about it.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/export/{collection}": {
           "parameters": [
            {
             "$ref": "#/components/parameters/path_collection"
            }
           ],
           "post": {
            "operationId": "exportRecords",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Export"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/x-ndjson": {
                "schema": {
                 "description": "A JSON value a line.",
                 "type": "string"
                }
               }
              },
              "description": "A head, then a list of texts for each record, then how many they were."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Records as the rows of a sheet.",
            "tags": [
             "records"
            ]
           }
          },
          "/v1/forks": {
           "get": {
            "operationId": "forks",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Items"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.forks/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Logs that go on in more than one way.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/forks/show": {
           "post": {
            "operationId": "showFork",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "additionalProperties": false,
                "properties": {
                 "log": {
                  "description": "How the log's name begins, or the node.",
                  "type": "string"
                 }
                },
                "required": [
                 "log"
                ],
                "type": "object"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.fork/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Shows what is here of each branch of one.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/import/{collection}": {
           "parameters": [
            {
             "$ref": "#/components/parameters/path_collection"
            }
           ],
           "post": {
            "operationId": "importRows",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Import"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/ImportAnswer"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Checks rows of a sheet, and takes them in.",
            "tags": [
             "records"
            ]
           }
          },
          "/v1/incidents": {
           "get": {
            "operationId": "incidents",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Items"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.incidents/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "What has befallen the folder.",
            "tags": [
             "recovery"
            ]
           }
          },
          "/v1/invitations": {
           "get": {
            "operationId": "invitations",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Items"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.invitations/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Invitations, the newest first.",
            "tags": [
             "enrolment"
            ]
           },
           "post": {
            "operationId": "invite",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Invite"
               }
              }
             },
             "required": true
            },
            "responses": {
             "201": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.invitation/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "It is made."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Makes a code for a new node.",
            "tags": [
             "enrolment"
            ]
           }
          },
          "/v1/invitations/{id}/withdraw": {
           "parameters": [
            {
             "$ref": "#/components/parameters/path_invitation"
            }
           ],
           "post": {
            "operationId": "withdraw",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Nothing"
               }
              }
             }
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.invitation/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Withdraws an invitation.",
            "tags": [
             "enrolment"
            ]
           }
          },
          "/v1/jobs": {
           "get": {
            "operationId": "jobs",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Items"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.jobs/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Work that goes on after its request was answered, the latest first.",
            "tags": [
             "upkeep"
            ]
           }
          },
          "/v1/jobs/{id}": {
           "get": {
            "operationId": "job",
            "parameters": [
             {
              "description": "As the order was answered.",
              "in": "path",
              "name": "id",
              "required": true,
              "schema": {
               "minLength": 1,
               "type": "string"
              }
             }
            ],
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Job"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "How far a job has come, and what came of it.",
            "tags": [
             "upkeep"
            ]
           }
          },
          "/v1/lag": {
           "get": {
            "operationId": "lag",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Lag"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "What waits for whom, and why.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/log": {
           "get": {
            "operationId": "log",
            "parameters": [
             {
              "in": "query",
              "name": "area",
              "schema": {
               "$ref": "#/components/schemas/Area"
              }
             },
             {
              "description": "A node's name, area, or 8 digits of its key or more.",
              "in": "query",
              "name": "author",
              "schema": {
               "minLength": 1,
               "type": "string"
              }
             },
             {
              "$ref": "#/components/parameters/limit"
             }
            ],
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Log"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "The logs here and the entries applied last.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/openapi.json": {
           "get": {
            "operationId": "openapi",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Document"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "This document.",
            "tags": [
             "apps"
            ]
           }
          },
          "/v1/pause": {
           "post": {
            "operationId": "pause",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Peer"
               }
              }
             }
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Link"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Closes links.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/peers": {
           "get": {
            "operationId": "peers",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Items"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.peers/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Everybody this node knows.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/peers/{peer}/diff": {
           "parameters": [
            {
             "$ref": "#/components/parameters/path_peer"
            }
           ],
           "post": {
            "operationId": "diffPeer",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Nothing"
               }
              }
             }
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Difference"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "What this node and a peer have apart, logs and records.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/peers/{peer}/verify": {
           "parameters": [
            {
             "$ref": "#/components/parameters/path_peer"
            }
           ],
           "post": {
            "operationId": "verifyPeer",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Nothing"
               }
              }
             }
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Tables"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Holds this node's tables against a peer's.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/quarantine": {
           "get": {
            "operationId": "quarantine",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Items"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.quarantine/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Entries that do not count any more.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/quarantine/adopt": {
           "post": {
            "operationId": "adoptQuarantined",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/PeerNeeded"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.adopted/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Writes it again as this node's own.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/quarantine/discard": {
           "post": {
            "operationId": "discardQuarantined",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/PeerNeeded"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.discarded/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Throws it away.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/quarantine/export": {
           "post": {
            "operationId": "exportQuarantine",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/QuarantineTo"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/QuarantineExport"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Makes a sealed file of all that is there, for an office.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/quarantine/import": {
           "post": {
            "operationId": "importQuarantine",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/BundleFile"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/QuarantineImport"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Takes in such a file from the folder of bundles.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/quarantine/show": {
           "post": {
            "operationId": "showQuarantined",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/PeerNeeded"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Items"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.quarantined/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Shows what a key has there.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/query": {
           "post": {
            "operationId": "query",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Query"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Rows"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.query/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "One statement that reads, within bounds.",
            "tags": [
             "upkeep"
            ]
           }
          },
          "/v1/rebuild": {
           "post": {
            "operationId": "rebuild",
            "parameters": [
             {
              "$ref": "#/components/parameters/prefer"
             }
            ],
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Nothing"
               }
              }
             }
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.rebuild/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "202": {
              "$ref": "#/components/responses/Accepted"
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Builds all tables anew.",
            "tags": [
             "upkeep"
            ]
           }
          },
          "/v1/records/{collection}": {
           "get": {
            "operationId": "listRecords",
            "parameters": [
             {
              "$ref": "#/components/parameters/limit"
             },
             {
              "$ref": "#/components/parameters/order"
             },
             {
              "$ref": "#/components/parameters/after"
             },
             {
              "$ref": "#/components/parameters/area"
             },
             {
              "$ref": "#/components/parameters/archived"
             },
             {
              "$ref": "#/components/parameters/onlyConflicts"
             }
            ],
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/List"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "A page of a collection.",
            "tags": [
             "records"
            ]
           },
           "parameters": [
            {
             "$ref": "#/components/parameters/path_collection"
            }
           ],
           "post": {
            "operationId": "createRecord",
            "parameters": [
             {
              "$ref": "#/components/parameters/IdempotencyKey"
             }
            ],
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Create"
               }
              }
             }
            },
            "responses": {
             "201": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Put"
                }
               }
              },
              "description": "It is made.",
              "headers": {
               "ETag": {
                "$ref": "#/components/headers/ETag"
               }
              }
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Makes a record.",
            "tags": [
             "records"
            ]
           }
          },
          "/v1/records/{collection}/{id}": {
           "delete": {
            "operationId": "archiveRecord",
            "parameters": [
             {
              "$ref": "#/components/parameters/IfMatch"
             },
             {
              "$ref": "#/components/parameters/IdempotencyKey"
             }
            ],
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Put"
                }
               }
              },
              "description": "What was asked for.",
              "headers": {
               "ETag": {
                "$ref": "#/components/headers/ETag"
               }
              }
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Archives a record.",
            "tags": [
             "records"
            ]
           },
           "get": {
            "operationId": "getRecord",
            "parameters": [
             {
              "$ref": "#/components/parameters/plain"
             },
             {
              "$ref": "#/components/parameters/reason"
             }
            ],
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Record"
                }
               }
              },
              "description": "What was asked for.",
              "headers": {
               "ETag": {
                "$ref": "#/components/headers/ETag"
               }
              }
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "One record.",
            "tags": [
             "records"
            ]
           },
           "parameters": [
            {
             "$ref": "#/components/parameters/path_collection"
            },
            {
             "$ref": "#/components/parameters/path_id"
            }
           ],
           "patch": {
            "operationId": "changeRecord",
            "parameters": [
             {
              "$ref": "#/components/parameters/IfMatch"
             },
             {
              "$ref": "#/components/parameters/IdempotencyKey"
             }
            ],
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Patch"
               }
              }
             }
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Put"
                }
               }
              },
              "description": "What was asked for.",
              "headers": {
               "ETag": {
                "$ref": "#/components/headers/ETag"
               }
              }
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Changes fields of a record.",
            "tags": [
             "records"
            ]
           },
           "put": {
            "operationId": "replaceRecord",
            "parameters": [
             {
              "$ref": "#/components/parameters/IfMatch"
             },
             {
              "$ref": "#/components/parameters/IdempotencyKey"
             }
            ],
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Replace"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Put"
                }
               }
              },
              "description": "What was asked for.",
              "headers": {
               "ETag": {
                "$ref": "#/components/headers/ETag"
               }
              }
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Replaces a record.",
            "tags": [
             "records"
            ]
           }
          },
          "/v1/records/{collection}/{id}/acts": {
           "parameters": [
            {
             "$ref": "#/components/parameters/path_collection"
            },
            {
             "$ref": "#/components/parameters/path_id"
            }
           ],
           "post": {
            "operationId": "act",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "properties": {
                 "action": {
                  "type": "string"
                 }
                },
                "required": [
                 "action"
                ],
                "type": "object"
               }
              }
             },
             "required": true
            },
            "responses": {
             "201": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Any"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Writes an act into a timeline.",
            "tags": [
             "records"
            ]
           }
          },
          "/v1/records/{collection}/{id}/history": {
           "get": {
            "operationId": "history",
            "parameters": [
             {
              "$ref": "#/components/parameters/plain"
             },
             {
              "$ref": "#/components/parameters/reason"
             },
             {
              "$ref": "#/components/parameters/limit"
             },
             {
              "$ref": "#/components/parameters/after"
             }
            ],
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/History"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Every entry that has touched a record.",
            "tags": [
             "records"
            ]
           },
           "parameters": [
            {
             "$ref": "#/components/parameters/path_collection"
            },
            {
             "$ref": "#/components/parameters/path_id"
            }
           ]
          },
          "/v1/records/{collection}/{id}/proofs": {
           "get": {
            "operationId": "proofs",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Proofs"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Signed receipts for the entries of a record.",
            "tags": [
             "records"
            ]
           },
           "parameters": [
            {
             "$ref": "#/components/parameters/path_collection"
            },
            {
             "$ref": "#/components/parameters/path_id"
            }
           ]
          },
          "/v1/records/{collection}/{id}/resolve": {
           "parameters": [
            {
             "$ref": "#/components/parameters/path_collection"
            },
            {
             "$ref": "#/components/parameters/path_id"
            }
           ],
           "post": {
            "operationId": "resolve",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Resolve"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Put"
                }
               }
              },
              "description": "What was asked for.",
              "headers": {
               "ETag": {
                "$ref": "#/components/headers/ETag"
               }
              }
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Settles a conflict.",
            "tags": [
             "records"
            ]
           }
          },
          "/v1/redactions": {
           "get": {
            "operationId": "redactions",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Redactions"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Orders to destroy values, and who has carried them out.",
            "tags": [
             "authority"
            ]
           },
           "post": {
            "operationId": "redact",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "additionalProperties": false,
                "properties": {
                 "collection": {
                  "type": "string"
                 },
                 "fields": {
                  "items": {
                   "type": "string"
                  },
                  "type": "array"
                 },
                 "id": {
                  "type": "string"
                 },
                 "reason": {
                  "type": "string"
                 }
                },
                "required": [
                 "collection",
                 "id",
                 "reason"
                ],
                "type": "object"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Redact"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Destroys values of a record on every node.",
            "tags": [
             "authority"
            ]
           }
          },
          "/v1/reports": {
           "get": {
            "operationId": "reportKinds",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Any"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "The reports there are.",
            "tags": [
             "reports"
            ]
           }
          },
          "/v1/reports/{code}": {
           "get": {
            "operationId": "report",
            "parameters": [
             {
              "description": "A year, quarter, month or day, as 2026, 2026-Q3, 2026-10.",
              "in": "query",
              "name": "period",
              "schema": {
               "type": "string"
              }
             },
             {
              "in": "query",
              "name": "area",
              "schema": {
               "$ref": "#/components/schemas/Area"
              }
             },
             {
              "in": "query",
              "name": "as_of",
              "schema": {
               "type": "string"
              }
             }
            ],
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Any"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "A report as of what this node has.",
            "tags": [
             "reports"
            ]
           },
           "parameters": [
            {
             "$ref": "#/components/parameters/path_code"
            }
           ]
          },
          "/v1/reports/{code}/runs": {
           "parameters": [
            {
             "$ref": "#/components/parameters/path_code"
            }
           ],
           "post": {
            "operationId": "keepReport",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "additionalProperties": false,
                "properties": {
                 "area": {
                  "type": "string"
                 },
                 "as_of": {
                  "type": "string"
                 },
                 "period": {
                  "type": "string"
                 },
                 "signed_by": {
                  "type": "string"
                 }
                },
                "required": [
                 "period"
                ],
                "type": "object"
               }
              }
             },
             "required": true
            },
            "responses": {
             "201": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Any"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Keeps a report as a record.",
            "tags": [
             "reports"
            ]
           }
          },
          "/v1/requests": {
           "get": {
            "operationId": "requests",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Items"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.requests/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Invitations that wait for people.",
            "tags": [
             "enrolment"
            ]
           }
          },
          "/v1/requests/{id}/approve": {
           "parameters": [
            {
             "$ref": "#/components/parameters/path_invitation"
            }
           ],
           "post": {
            "operationId": "approve",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Approve"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.invitation/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Lets a node in.",
            "tags": [
             "enrolment"
            ]
           }
          },
          "/v1/requests/{id}/reject": {
           "parameters": [
            {
             "$ref": "#/components/parameters/path_invitation"
            }
           ],
           "post": {
            "operationId": "reject",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Reject"
               }
              }
             }
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.invitation/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Turns a node away.",
            "tags": [
             "enrolment"
            ]
           }
          },
          "/v1/resume": {
           "post": {
            "operationId": "resume",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Peer"
               }
              }
             }
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Link"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Takes links up again.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/scopes": {
           "get": {
            "operationId": "scopes",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Scopes"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "The areas carried here, and who may read them.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/sheets": {
           "get": {
            "operationId": "sheets",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Sheets"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Sheets that this node has taken in, or is taking in.",
            "tags": [
             "records"
            ]
           }
          },
          "/v1/sheets/{number}": {
           "get": {
            "operationId": "sheet",
            "parameters": [
             {
              "description": "Only rows after this one.",
              "in": "query",
              "name": "after",
              "schema": {
               "minimum": 0,
               "type": "integer"
              }
             }
            ],
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/SheetRows"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "A sheet, and which record each row has written.",
            "tags": [
             "records"
            ]
           },
           "parameters": [
            {
             "description": "A sheet's number.",
             "in": "path",
             "name": "number",
             "required": true,
             "schema": {
              "minLength": 1,
              "type": "string"
             }
            }
           ]
          },
          "/v1/sql": {
           "post": {
            "operationId": "sql",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/SQL"
               }
              }
             },
             "required": true
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Rows"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.sql/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "One statement that reads.",
            "tags": [
             "upkeep"
            ]
           }
          },
          "/v1/status": {
           "get": {
            "operationId": "status",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Status"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "The node's whole state.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/sync": {
           "post": {
            "operationId": "sync",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "additionalProperties": false,
                "properties": {
                 "peer": {
                  "type": [
                   "string",
                   "null"
                  ]
                 }
                },
                "type": "object"
               }
              }
             }
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Calls"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Calls peers at once.",
            "tags": [
             "node"
            ]
           }
          },
          "/v1/tokens": {
           "get": {
            "operationId": "tokens",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Items"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.tokens/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Tokens of apps.",
            "tags": [
             "apps"
            ]
           },
           "post": {
            "operationId": "makeToken",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/TokenRequest"
               }
              }
             },
             "required": true
            },
            "responses": {
             "201": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.token/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "It is made."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Makes a token; it is shown once.",
            "tags": [
             "apps"
            ]
           }
          },
          "/v1/tokens/{name}/revoke": {
           "parameters": [
            {
             "$ref": "#/components/parameters/path_name"
            }
           ],
           "post": {
            "operationId": "revokeToken",
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Nothing"
               }
              }
             }
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "allOf": [
                  {
                   "$ref": "#/components/schemas/Any"
                  },
                  {
                   "properties": {
                    "schema": {
                     "const": "onegrid.token/1"
                    }
                   }
                  }
                 ]
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Ends a token at once.",
            "tags": [
             "apps"
            ]
           }
          },
          "/v1/verify": {
           "post": {
            "operationId": "verify",
            "parameters": [
             {
              "$ref": "#/components/parameters/prefer"
             }
            ],
            "requestBody": {
             "content": {
              "application/json": {
               "schema": {
                "$ref": "#/components/schemas/Nothing"
               }
              }
             }
            },
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Verify"
                }
               }
              },
              "description": "What was asked for."
             },
             "202": {
              "$ref": "#/components/responses/Accepted"
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Replays the ledger and compares every row.",
            "tags": [
             "upkeep"
            ]
           }
          },
          "/v1/why/peers/{peer}": {
           "get": {
            "operationId": "whyPeer",
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Why"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Why a peer is not in sync.",
            "tags": [
             "node"
            ]
           },
           "parameters": [
            {
             "$ref": "#/components/parameters/path_peer"
            }
           ]
          },
          "/v1/why/records/{collection}/{id}": {
           "get": {
            "operationId": "whyRecord",
            "parameters": [
             {
              "in": "query",
              "name": "field",
              "schema": {
               "minLength": 1,
               "type": "string"
              }
             }
            ],
            "responses": {
             "200": {
              "content": {
               "application/json": {
                "schema": {
                 "$ref": "#/components/schemas/Why"
                }
               }
              },
              "description": "What was asked for."
             },
             "default": {
              "$ref": "#/components/responses/Problem"
             }
            },
            "summary": "Where values come from, or why a record is not here.",
            "tags": [
             "node"
            ]
           },
           "parameters": [
            {
             "$ref": "#/components/parameters/path_collection"
            },
            {
             "$ref": "#/components/parameters/path_id"
            }
           ]
          }
         },
         "security": [
          {
           "token": []
          },
          {}
         ],
         "servers": [
          {
           "description": "Where gridd --api listens. On the folder's Unix socket the same paths are there, and no token is needed.",
           "url": "http://127.0.0.1:7441"
          }
         ],
         "tags": [
          {
           "name": "records"
          },
          {
           "name": "feed"
          },
          {
           "name": "node"
          },
          {
           "name": "enrolment"
          },
          {
           "name": "upkeep"
          },
          {
           "name": "recovery"
          },
          {
           "name": "bundles"
          },
          {
           "name": "authority"
          },
          {
           "name": "reports"
          },
          {
           "name": "apps"
          }
         ]
        }
        """###
}
