"""Findings, forms and letters of doctors, and reports of laboratories."""

from __future__ import annotations

TERMS: dict[str, dict[int, str]] = {
    "en": {
        3: """
medical report|discharge summary|discharge letter|patient record|medical record|medical history|laboratory report
lab report|laboratory results|referral letter|medical certificate|pathology report|radiology report
clinical findings|patient registration|patient information form|medical questionnaire|health questionnaire
patient intake|sick note|medical consent|consent to treatment|patient name|patient id|patient number
prescription form|fitness to work
""",
        2: """
diagnosis|diagnoses|differential diagnosis|date of admission|date of discharge|prescription|dosage|blood pressure
heart rate|pulse rate|body temperature|body weight|blood test|blood count|full blood count|complete blood count
haemoglobin|hemoglobin|haematocrit|hematocrit|erythrocytes|leukocytes|leucocytes|white blood cells|red blood cells
platelets|thrombocytes|neutrophils|lymphocytes|monocytes|eosinophils|basophils|cholesterol|hdl cholesterol
ldl cholesterol|triglycerides|creatinine|urea|uric acid|glucose|fasting glucose|bilirubin|albumin
alkaline phosphatase|transaminase|ferritin|potassium|sodium|calcium|magnesium|tsh|free t4|hba1c|c reactive protein
esr|vitamin d|vitamin b12|urinalysis|inr|prothrombin|egfr|mcv|mch|mchc|alt|ast|ggt|crp|psa|reference range
reference interval|reference values|allergies|allergic|known allergies|symptoms|therapy|physician
attending physician|referring physician|general practitioner|family doctor|hospital|ward|surgical|surgery
previous surgery|previous operations|anamnesis|nhs number|next of kin|emergency contact|family history
chief complaint|reason for visit|presenting complaint|present illness|physical examination|medication
current medication|medications|adverse reaction|side effects|hypertension|diabetes|asthma|cancer|pregnant|pregnancy
smoker|alcohol consumption|vaccination|immunisation|immunization|blood group|blood type|heart disease|epilepsy
stroke|tuberculosis|hepatitis|laboratory|clinical|oncology|cardiology|radiology|outpatient|inpatient|x ray
ultrasound|icd 10|mmol|mg dl|confidential medical|doctor's signature|family physician|urine|haematology|hematology
biochemistry|clinical chemistry
""",
        1: """
health insurance|insurance number|patient|doctor|clinic|health|blood|nurse|disease|illness|pain|insured
date of birth|examination|findings|medical|tablet|height|weight|dr med|complaints|operation|reference|serum|plasma
result|results|sex|prescribed|normal range|specimen|sample taken|sample received|collected|treatment|consultant
chronic|follow up
""",
    },
    "de": {
        3: """
arztbrief|entlassungsbrief|entlassungsbericht|befundbericht|laborbefund|laborbericht|krankenakte|patientenakte
krankengeschichte|ärztliches attest|arbeitsunfähigkeitsbescheinigung|überweisungsschein|anamnesebogen|patientenbogen
patientenaufnahme|aufnahmebogen|befund|gesundheitsfragebogen|aufklärungsbogen|patientendaten|laborergebnisse
laborwerte|ärztlicher befund|krankmeldung|rezept|patientennummer|schweigepflicht|ärztliche bescheinigung
""",
        2: """
verdachtsdiagnose|anamnese|familienanamnese|befunde|therapie|behandelnder arzt|behandelnde ärztin|einweisender arzt
hausarzt|hausärztin|facharzt|fachärztin|arztpraxis|praxis für|klinik|krankenhaus|aufnahmedatum|entlassung|medikament
medikamente|medikation|dosierung|blutdruck|körpergewicht|körpergröße|körpertemperatur|blutbild|großes blutbild
kleines blutbild|hämoglobin|hämatokrit|erythrozyten|leukozyten|thrombozyten|lymphozyten|neutrophile|monozyten
eosinophile|basophile|cholesterin|hdl cholesterin|ldl cholesterin|triglyceride|triglyzeride|kreatinin|harnstoff
harnsäure|glukose|glucose|nüchternglukose|blutzucker|bilirubin|albumin|alkalische phosphatase|ferritin|kalium
natrium|kalzium|calcium|magnesium|tsh|hba1c|c reaktives protein|crp|vitamin d|inr|egfr|gamma gt|ggt|got|gpt|mcv|mch
mchc|bsg|referenzbereich|referenzwerte|normbereich|normwert|probennahme|probeneingang|abnahmedatum|probenmaterial
untersuchungsmaterial|allergien|allergie|unverträglichkeit|symptome|beschwerden|vorerkrankungen|vorerkrankung
operationen|krankenkasse|versichertennummer|versicherte|angehörige|notfallkontakt|im notfall|raucher|alkoholkonsum
schwangerschaft|schwanger|bluthochdruck|diabetes|asthma|krebs|krebserkrankung|epilepsie|schlaganfall|herzinfarkt
herzerkrankung|hepatitis|impfung|impfungen|blutgruppe|laboratorium|einsender|ultraschall|röntgen|icd 10|mmol
chronische|nebenwirkungen|einwilligung zur behandlung|urin|hämatologie|klinische chemie|labormedizin
""",
        1: """
versicherungsnummer|krankenversicherung|patient|patientin|arzt|ärztin|gesundheit|blut|krank|krankheit|schmerzen
geburtsdatum|geb am|medizinisch|medizinische|dr med|gewicht|größe|pflege|tabletten|serum|ergebnis|einheit|geschlecht
operation|auffällig|diagnose|diagnosen|behandlung|station|verordnung|puls|quick|probe|entnahme|labor|untersuchung
untersuchungen|überweisung
""",
    },
    "fr": {
        3: """
compte rendu médical|compte rendu d'hospitalisation|compte rendu d'examen|lettre de sortie|dossier médical
dossier patient|résultats d'analyses|analyses médicales|laboratoire d'analyses|analyses de biologie médicale
biologie médicale|compte rendu d'analyses|certificat médical|ordonnance|questionnaire médical|questionnaire de santé
fiche patient|fiche médicale|formulaire médical|arrêt de travail|antécédents médicaux|antécédents|bilan sanguin
fiche de renseignements médicaux|nom du patient|numéro de patient|secret médical|admission du patient
""",
        2: """
anamnèse|symptômes|traitement en cours|traitements en cours|thérapie|posologie|médicament|médicaments|prescripteur
médecin prescripteur|médecin traitant|médecin généraliste|médecin|docteur|cabinet médical|hôpital|clinique
centre hospitalier|date d'admission|hospitalisation|tension artérielle|pression artérielle|fréquence cardiaque|pouls
groupe sanguin|numération formule sanguine|numération|hémogramme|hémoglobine|hématocrite|hématies|érythrocytes
globules rouges|globules blancs|leucocytes|plaquettes|lymphocytes|neutrophiles|polynucléaires|monocytes|éosinophiles
basophiles|cholestérol|cholestérol total|triglycérides|créatinine|urée|acide urique|glucose|glycémie|glycémie à jeun
bilirubine|albumine|phosphatase alcaline|phosphatases alcalines|transaminases|ferritine|potassium|sodium|calcium
magnésium|tsh|hémoglobine glyquée|hba1c|protéine c réactive|crp|vitamine d|gamma gt|vgm|tcmh|ccmh|inr
vitesse de sédimentation|valeurs de référence|valeurs de reference|intervalle de référence|valeurs usuelles
valeurs normales|prélèvement|date de prélèvement|prélevé|allergies|intolérance|douleurs|maladies|maladie chronique
antécédents familiaux|antécédents chirurgicaux|interventions chirurgicales|chirurgie|carte vitale
personne à prévenir|en cas d'urgence|fumeur|tabac|alcool|enceinte|grossesse|hypertension|diabète|asthme|cancer
épilepsie|maladie cardiaque|hépatite|vaccination|vaccinations|vaccins|examen clinique|radiologie|échographie
laboratoire|biologiste|médecin biologiste|consultation|motif de consultation|effets secondaires|consentement|urine
hématologie|biochimie|mmol
""",
        1: """
mutuelle|sécurité sociale|numéro de sécurité sociale|assurance maladie|patient|patiente|santé|sang|maladie|soins
infirmière|infirmier|date de naissance|né le|née le|sexe|poids|taille|médical|médicale|examens|comprimés|résultat
résultats|unité|sérum|plasma|opération|ressentez|affection|diagnostic|diagnostics|traitement|prescription
température|échantillon|allergie|opérations|examen|analyse|analyses
""",
    },
    "es": {
        3: """
informe médico|informe de alta|informe clínico|historia clínica|historial médico|historial clínico
resultados de laboratorio|informe de laboratorio|análisis clínicos|laboratorio de análisis|análisis de sangre
analítica|certificado médico|receta médica|cuestionario médico|cuestionario de salud|ficha del paciente|ficha médica
formulario médico|parte de baja|antecedentes médicos|antecedentes personales|nombre del paciente|datos del paciente
número de paciente|consentimiento informado|registro de pacientes|ingreso del paciente|secreto médico
""",
        2: """
anamnesis|síntomas|tratamiento|tratamiento actual|posología|dosis|medicamento|medicamentos|medicación
medicación actual|prescripción|médico solicitante|médico responsable|médico de cabecera|médico de familia|médico
doctora|hospital|clínica|centro de salud|consultorio|fecha de ingreso|fecha de alta|ingreso hospitalario
presión arterial|tensión arterial|frecuencia cardíaca|temperatura corporal|grupo sanguíneo|hemograma
hemograma completo|hemoglobina|hematocrito|hematíes|eritrocitos|glóbulos rojos|glóbulos blancos|leucocitos|plaquetas
linfocitos|neutrófilos|monocitos|eosinófilos|basófilos|colesterol|colesterol total|colesterol hdl|colesterol ldl
triglicéridos|creatinina|urea|ácido úrico|glucosa|glucemia|glucosa en ayunas|bilirrubina|albúmina|fosfatasa alcalina
transaminasas|ferritina|potasio|sodio|calcio|magnesio|tsh|hemoglobina glicosilada|hba1c|proteína c reactiva|pcr
vitamina d|vcm|hcm|chcm|gamma gt|ggt|inr|velocidad de sedimentación|valores de referencia|intervalo de referencia
rango de referencia|valores normales|toma de muestra|fecha de extracción|alergias|alergia|alérgico|intolerancias
dolor|enfermedades|enfermedad crónica|enfermedades crónicas|antecedentes familiares|antecedentes
intervenciones quirúrgicas|cirugía|cirugías|seguro médico|tarjeta sanitaria|número de afiliado
contacto de emergencia|en caso de emergencia|fumador|fumadora|alcohol|embarazo|embarazada|hipertensión|diabetes|asma
cáncer|epilepsia|infarto|hepatitis|vacunas|vacunación|exploración física|examen físico|radiografía|ecografía
laboratorio|facultativo|motivo de consulta|efectos secundarios|orina|hematología|bioquímica|mmol|enfermedad cardíaca
""",
        1: """
seguridad social|paciente|médica|salud|sangre|enfermedad|enfermera|fecha de nacimiento|sexo|peso|talla|altura
análisis|comprimidos|resultado|resultados|unidad|unidades|suero|plasma|operación|molestias|asegurado|padece
diagnóstico|diagnósticos|terapia|pulso|muestra|extracción|operaciones|consulta
""",
    },
}
