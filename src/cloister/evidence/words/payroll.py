"""Payslips, and letters about staff."""

from __future__ import annotations

TERMS: dict[str, dict[int, str]] = {
    "en": {
        3: """
human resources|human resources department|hr department|head of human resources|hr manager|unauthorised absence
gross misconduct|parental leave request|payslip|pay slip|wage slip|salary slip|salary statement|payroll
pay statement|pay stub|earnings statement|statement of earnings|remuneration statement|pay advice
letter of employment|employment verification|confirmation of employment|certificate of employment
employment contract|contract of employment|offer of employment|terms of employment|letter of reference
employment reference|termination of employment|notice of dismissal|written warning|disciplinary hearing
salary increase|pay rise|salary review|salary adjustment
""",
        2: """
misconduct|lateness|repeated lateness|late arrival|unexcused absence|absent without|your absence|start of your shift
formal warning|first warning|final warning|further breach|consequences under employment law|working time
has been employed|was employed|to whom it may concern|all the best for the future|pleased to confirm
pleased to offer|pleased to inform you|salary will|your duties|your post|your contract|entitled to leave
days of leave|leave request|appointment as|appointed as|grievance|sick days|gross pay|net pay|gross salary
net salary|gross wages|net wages|gross earnings|take home pay|taxable pay|taxable gross|basic pay|basic salary
base salary|base pay|annual salary|monthly salary|gross annual salary|hourly rate|hourly wage|pay period|pay date
payment period|tax code|tax class|national insurance|ni number|employee number|employee no|employee id|employee name
personnel number|personnel no|personnel file|staff number|staff no|payroll number|works number|employer contribution
employee contribution|employer contributions|pension contribution|pension scheme|student loan|income tax|wage tax
social security contribution|withholding tax|total deductions|statutory deductions|net payment|year to date
taxable earnings|overtime pay|overtime hours|holiday pay|sick pay|maternity pay|holiday entitlement|annual leave
leave entitlement|parental leave|maternity leave|sick leave|unpaid leave|unemployment insurance
health insurance contribution|probationary period|probation period|notice period|line manager|performance review
performance appraisal|annual appraisal|date of hire|date of joining|start of employment|employed since|working hours
weekly hours|bonus payment|performance bonus|severance pay|compensation package|disciplinary|dismissal
permanent position|full time position|part time position|employment relationship|your employment|works council
collective agreement|travel allowance|meal allowance|expenses reimbursed|christmas bonus|thirteenth salary
remuneration|fixed term|new salary|your salary|job description|letter of appointment|leave of absence|return to work
reduced hours|your position|your manager|starting salary|hours per week|hours a week|per annum|your application for
maternity|paternity leave|child care leave|personnel department|staff office|letter to staff|your line manager
sick leave certificate|employment law
""",
        1: """
employee|employer|salary|wages|wage|earnings|deductions|deduction|allowance|bonus|overtime|job title|pension
hours worked|personnel|position|occupation|department|cost centre|cost center|colleagues|employment|employed
workplace|staff|contributions|vacation|bank details|supervisor|recruitment|shift|has worked|duties included
your role|raise|transfer to|attendance|paye|redundancy|resignation|promotion to
""",
    },
    "de": {
        3: """
personalabteilung|personalleitung|personalleiter|personalleiterin|personalreferent|personalreferentin
personalreferat|arbeitsrechtliche konsequenzen|gehaltsabrechnung|lohnabrechnung|entgeltabrechnung
verdienstabrechnung|bezügeabrechnung|gehaltszettel|lohnzettel|lohnausweis|entgeltnachweis|verdienstbescheinigung
gehaltsnachweis|brutto netto bezüge|lohn und gehaltsabrechnung|abrechnung der brutto|arbeitszeugnis|zwischenzeugnis
arbeitsvertrag|arbeitsbescheinigung|beschäftigungsnachweis|abmahnung|kündigung des arbeitsverhältnisses
gehaltserhöhung|gehaltsanpassung|lohnsteuerbescheinigung|lohnabrechnungen|gehaltsabrechnungen
arbeitgeberbescheinigung|aufhebungsvertrag|lohnbuchhaltung
""",
        2: """
unentschuldigt|unentschuldigtes fehlen|arbeitsbeginn|dienstbeginn|dienstplan|pflichtverletzung
arbeitsvertragliche pflichten|wiederholungsfall|im wiederholungsfall|arbeitsrechtlich|ferngeblieben
zur vollsten zufriedenheit|vollen zufriedenheit|zu unserer vollen zufriedenheit|aufgabenbereich|aufgabengebiet
wünschen ihm|wünschen ihr|wir freuen uns ihnen mitteilen|gehalt erhöht|erhöhung ihres|urlaubsantrag|urlaubstage
ihr arbeitsvertrag|ihre tätigkeit|ihren arbeitsplatz|arbeitsplatz|ernennung|krankschreibung|bruttolohn|bruttogehalt
nettolohn|nettogehalt|gesamtbrutto|steuerbrutto|gesetzliches netto|nettoverdienst|bruttoverdienst|bruttoentgelt
nettoentgelt|auszahlungsbetrag|grundgehalt|grundlohn|monatsgehalt|jahresgehalt|bruttojahresgehalt|bruttomonatsgehalt
stundenlohn|lohnsteuer|solidaritätszuschlag|kirchensteuer|steuerklasse|kinderfreibetrag|krankenversicherung
rentenversicherung|arbeitslosenversicherung|pflegeversicherung|sozialversicherung|sozialversicherungsnummer
sv nummer|arbeitgeberanteil|arbeitnehmeranteil|personalnummer|personal nr|pers nr|abzüge|steuerliche abzüge
gesetzliche abzüge|vermögenswirksame leistungen|betriebliche altersvorsorge|urlaubsgeld|weihnachtsgeld|überstunden
überstundenzuschlag|resturlaub|urlaubsanspruch|jahresurlaub|elternzeit|mutterschutz|entgeltfortzahlung|krankentage
probezeit|kündigungsfrist|arbeitsverhältnis|anstellungsverhältnis|arbeitszeit|wochenstunden|wöchentliche arbeitszeit
personalwesen|personalakte|eintrittsdatum|austrittsdatum|betriebsrat|tarifvertrag|vorgesetzte|vorgesetzter
mitarbeitergespräch|leistungsbeurteilung|sonderzahlung|leistungszulage|abrechnungsmonat|abrechnungszeitraum|lohnart
lohnarten|jahressumme|aufgelaufene werte|steuer id|kostenstelle|festanstellung|vollzeit|teilzeit
beschäftigungsverhältnis|bezüge|ihr gehalt|neues gehalt|vergütung|tätigkeitsbezeichnung|stellenbezeichnung
beschäftigt seit|ahv beitrag|pensionskasse|fahrtkostenzuschuss|stunden pro woche|stunden wöchentlich
stunden in der woche|wiedereinstieg|rückkehr aus der elternzeit|vaterschaftsurlaub|sonderurlaub|ihre stelle
ihrer stelle|ihr arbeitsverhältnis|ihrer beschäftigung|ihrer personalakte|ihre vorgesetzte|ihr vorgesetzter
gehaltsgruppe|entgeltgruppe|tarifgruppe|höhergruppierung
""",
        1: """
arbeitnehmer|arbeitnehmerin|arbeitgeber|arbeitgeberin|mitarbeiter|mitarbeiterin|gehalt|lohn|brutto|netto
beschäftigung|zulage|zuschlag|bonus|abteilung|position|urlaub|kollegen|zusammenarbeit|eintritt|austritt|steuerfrei
bankverbindung|anstellung|betrieb|personal|entgelt|verdienst|tätigkeit|stelle|verspätung|verspätungen|verspätet
schicht|war bei uns|ist bei uns|freistellung|auszahlung|beförderung|prämie|unbefristet|befristet|versetzung
""",
    },
    "fr": {
        3: """
ressources humaines|direction des ressources humaines|service des ressources humaines
responsable des ressources humaines|service du personnel|directrice des ressources humaines
directeur des ressources humaines|absence injustifiée|absences injustifiées|mise à pied|bulletin de paie
bulletin de salaire|fiche de paie|fiche de salaire|bulletin de paye|feuille de paie|décompte de salaire
attestation de travail|attestation d'emploi|attestation employeur|certificat de travail|contrat de travail
promesse d'embauche|lettre de licenciement|augmentation de salaire|augmentation salariale|revalorisation salariale
rupture conventionnelle|avertissement disciplinaire|lettre d'embauche|solde de tout compte|certificat de salaire
""",
        2: """
premier avertissement|sanction disciplinaire|rappel à l'ordre|faute grave|règlement intérieur|retards répétés
prise de poste|horaires de travail|horaire de travail|vos obligations|entretien préalable|obligations contractuelles
manquement|manquements|valoir ce que de droit|entière satisfaction|a été employé|a été employée|est employé
est employée|travaille au sein|nous avons le plaisir|vos fonctions|votre poste|votre contrat
votre contrat de travail|votre rémunération|votre dossier|jours de congé|demande de congé|nomination|lieu de travail
arrêt de travail|votre hiérarchie|votre équipe|salaire brut|salaire net|salaire de base|net à payer|net imposable
net fiscal|brut fiscal|brut mensuel|salaire mensuel|salaire annuel|rémunération brute|rémunération annuelle
rémunération mensuelle|taux horaire|cotisations sociales|cotisations salariales|cotisations patronales
part salariale|part patronale|part salarié|part employeur|charges sociales|charges patronales|total brut
total des retenues|retenues|prélèvement à la source|impôt sur le revenu|sécurité sociale|assurance maladie
assurance vieillesse|assurance chômage|retraite complémentaire|mutuelle|prévoyance|csg|crds|urssaf|congés payés
congés acquis|solde de congés|congé maternité|congé parental|arrêt maladie|heures supplémentaires|heures travaillées
prime d'ancienneté|prime exceptionnelle|treizième mois|convention collective|numéro de matricule|numéro de salarié
date d'embauche|date d'entrée|date d'ancienneté|période de paie|période d'essai|préavis|durée du travail|temps plein
temps complet|temps partiel|contrat à durée indéterminée|contrat à durée déterminée|drh|licenciement|démission
entretien annuel|évaluation annuelle|supérieur hiérarchique|comité d'entreprise|comité social et économique
indemnité de transport|tickets restaurant|emploi occupé|poste occupé|votre salaire|nouveau salaire|cumul annuel
cumul imposable|dossier du personnel|indemnités|rémunération|embauche|cdi|cdd|coût employeur
allègement de cotisations|heures par semaine|heures hebdomadaires|temps de travail|reprise du travail
reprise de poste|congé de paternité|congé sans solde|votre emploi|votre salaire brut|votre supérieur
droit du travail|code du travail|horaire hebdomadaire|grille salariale|échelon|rémunération mensuelle brute
""",
        1: """
salarié|salariée|employé|employée|employeur|salaire|brut|prime|cotisations|cotisation|congé|congés|emploi|poste
fonction|qualification|service|collaborateur|collaboratrice|travail|entreprise|paie|paiement|équipe|heures|personnel
mensuel|avertissement|sanction|faute|retard|retards|absence|absences|a travaillé|mutation|retraite|ancienneté
coefficient|matricule|promotion|avenant
""",
    },
    "es": {
        3: """
recursos humanos|departamento de recursos humanos|dirección de recursos humanos|departamento de personal
directora de recursos humanos|director de recursos humanos|ausencia injustificada|ausencias injustificadas
falta grave|falta muy grave|nómina|recibo de salarios|recibo de nómina|hoja de salario
recibo individual de pago de salarios|recibo de sueldo|liquidación de sueldo|liquidación de haberes
comprobante de pago de nómina|contrato de trabajo|certificado laboral|certificado de empleo|certificado de trabajo
constancia laboral|carta de despido|carta de recomendación laboral|aumento salarial|aumento de sueldo
incremento salarial|revisión salarial|amonestación|carta de amonestación|oferta de empleo|certificado de retenciones
vida laboral|finiquito
""",
        2: """
sanción disciplinaria|impuntualidad|horario laboral|horario de trabajo|incumplimiento laboral
estatuto de los trabajadores|medidas disciplinarias|a quien corresponda|ha trabajado|presta sus servicios
prestado sus servicios|ha prestado|nos complace|le comunicamos|sus funciones|su puesto|su contrato|su retribución
su expediente|días de permiso|nombramiento|lugar de trabajo|solicitud de vacaciones|su jornada|su remuneración
salario bruto|salario neto|salario base|sueldo bruto|sueldo neto|sueldo base|líquido a percibir|total devengado
total a deducir|total deducciones|total devengos|devengos|deducciones|neto a percibir|importe neto|salario anual
salario mensual|retribución bruta|retribución anual|irpf|retención irpf|seguridad social|número de afiliación
contingencias comunes|formación profesional|desempleo|base de cotización|bases de cotización|grupo de cotización
base imponible|aportación del trabajador|aportación de la empresa|cotización|cotizaciones|horas extraordinarias
horas extras|pagas extraordinarias|paga extra|prorrata de pagas|plus de transporte|complemento salarial
complementos salariales|categoría profesional|grupo profesional|número de empleado|nº empleado|número de trabajador
fecha de alta|fecha de antigüedad|fecha de ingreso|periodo de liquidación|período de liquidación|periodo de pago
periodo de prueba|período de prueba|preaviso|jornada laboral|jornada completa|jornada parcial|contrato indefinido
contrato temporal|jefe de personal|despido|dimisión|relación laboral|convenio colectivo|vacaciones anuales
días de vacaciones|baja por enfermedad|baja médica|permiso de maternidad|evaluación del desempeño|comité de empresa
puesto de trabajo|centro de trabajo|código de cuenta de cotización|epígrafe|percepciones salariales
percepciones no salariales|su salario|nuevo salario|expediente personal|retribución|coste empresa|indemnización
horas semanales|horas por semana|permiso parental|permiso de paternidad|excedencia|reducción de jornada
reincorporación|permiso sin sueldo|su empleo|su relación laboral|su salario bruto|su superior|derecho laboral
normativa laboral|tabla salarial|subida salarial|jornada semanal
""",
        1: """
trabajador|trabajadora|empleado|empleada|empresa|empleador|salario|sueldo|bruto|neto|plus|categoría|puesto
vacaciones|cargo|departamento|empleo|laboral|percepciones|bonificación|prima|mensual|horas|personal|pensión|sanción
sanciones|advertencia|retraso|retrasos|puntualidad|turno|ausencia|ausencias|traslado|afiliación|antigüedad|ascenso
incentivos
""",
    },
}
